// The whole native surface of the TorchSharp stand-in. One boxed call through libtorch's dispatcher serves every operator,
// autograd included; the rest is what the dispatcher does not know: handles, metadata, data pointers, modes, generators,
// backward and hand-written autograd functions. Tensors cross as bare TensorImpl pointers that own one reference.
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/ops/from_blob.h>
#include <c10/core/DefaultDtype.h>
#include <c10/core/GradMode.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/csrc/autograd/variable.h>
#include <torch/serialize.h>
#include <torch/version.h>

#include <cstdlib>
#include <cstring>
#include <mutex>
#include <string>
#include <vector>

#define API extern "C" __attribute__((visibility("default")))

using Impl = c10::TensorImpl;
using c10::IValue;

namespace {

// c10::optional in old versions, std::optional in new ones.
template <class T> using Maybe = decltype(std::declval<IValue&>().toOptional<T>());

enum Tag : int32_t { Default, None, TensorTag, Int, Double, Bool, Ints, Tensors, DeviceTag, String, GeneratorTag, Doubles, Complex };
struct Arg { int32_t tag; int32_t count; union { int64_t i; double d; const void* p; }; };  // Complex: p points to two doubles

// What a schema wants, as far as an Arg does not say it already.
enum Want : uint8_t { Plain, Float, ScalarWant, BoolWant, OptionalTensors, Floats, IntsWant };
struct Op { c10::OperatorHandle handle; std::vector<Want> wants; std::vector<IValue> defaults; std::vector<bool> defaulted; };

thread_local std::string error;

at::Tensor borrow(const void* p) {
    return p ? at::Tensor(c10::intrusive_ptr<Impl, c10::UndefinedTensorImpl>::reclaim_copy(static_cast<Impl*>(const_cast<void*>(p)))) : at::Tensor();
}
Impl* give(at::Tensor t) { return t.defined() ? t.unsafeReleaseTensorImpl() : nullptr; }

c10::Device device(int64_t packed) { return c10::Device(static_cast<c10::DeviceType>(packed >> 16), static_cast<c10::DeviceIndex>(static_cast<int16_t>(packed & 0xffff))); }

template <class F> int guard(F f) {
    try { f(); return 0; }
    catch (const c10::Error& e) { error = e.what_without_backtrace(); }
    catch (const std::exception& e) { error = e.what(); }
    catch (...) { error = "unknown native exception"; }
    return -1;
}

IValue value(const Arg& a, Want want) {
    switch (a.tag) {
    case TensorTag: return borrow(a.p);
    case Int: return want == IntsWant ? IValue(c10::IntArrayRef(&a.i, 1)) : want == Float ? IValue(static_cast<double>(a.i)) : want == BoolWant ? IValue(a.i != 0) : IValue(a.i);
    case Double: return IValue(a.d);
    case Complex: return IValue(c10::complex<double>(static_cast<const double*>(a.p)[0], static_cast<const double*>(a.p)[1]));
    case Bool: return want == ScalarWant || want == BoolWant || want == Plain ? IValue(a.i != 0) : IValue(a.i);
    case Ints: return IValue(c10::IntArrayRef(static_cast<const int64_t*>(a.p), a.count));
    case Doubles: return IValue(c10::ArrayRef<double>(static_cast<const double*>(a.p), a.count));
    case DeviceTag: return IValue(device(a.i));
    case String: return IValue(std::string(static_cast<const char*>(a.p), a.count));
    case GeneratorTag: return IValue(*static_cast<const at::Generator*>(a.p));
    case Tensors: {
        auto items = static_cast<void* const*>(a.p);
        if (want == OptionalTensors) {
            c10::List<Maybe<at::Tensor>> list;
            for (int i = 0; i < a.count; i++) list.push_back(items[i] ? Maybe<at::Tensor>(borrow(items[i])) : Maybe<at::Tensor>());
            return IValue(list);
        }
        c10::List<at::Tensor> list;
        list.reserve(a.count);
        for (int i = 0; i < a.count; i++) list.push_back(borrow(items[i]));
        return IValue(list);
    }
    default: return IValue();
    }
}

void unpack(IValue&& v, std::vector<Arg>& out) {
    Arg a{None, 0, {0}};
    if (v.isTensor()) { a.tag = TensorTag; a.p = give(std::move(v).toTensor()); }
    else if (v.isInt()) { a.tag = Int; a.i = v.toInt(); }
    else if (v.isDouble()) { a.tag = Double; a.d = v.toDouble(); }
    else if (v.isBool()) { a.tag = Bool; a.i = v.toBool(); }
    else if (v.isTensorList()) { for (at::Tensor t : v.toTensorVector()) { Arg e{TensorTag, 0, {0}}; e.p = give(std::move(t)); out.push_back(e); } return; }
    else if (v.isComplexDouble()) { auto c = v.toComplexDouble(); Arg re{Complex, 0, {0}}; re.d = c.real(); a.tag = Double; a.d = c.imag(); out.push_back(re); }
    out.push_back(a);
}

}  // namespace

API const char* rt_error() { return error.c_str(); }
API const char* rt_version() { return TORCH_VERSION; }

API void* rt_op(const char* name, const char* overload) {
    Op* op = nullptr;
    guard([&] {
        auto handle = c10::Dispatcher::singleton().findSchemaOrThrow(name, overload);
        op = new Op{handle, {}, {}, {}};
        for (auto& argument : handle.schema().arguments()) {
            auto type = argument.type()->annotation_str();
            auto is = [&](const char* s) { return type == s || type == std::string("Optional[") + s + "]"; };
            op->wants.push_back(is("float") ? Float : is("number") || is("Scalar") ? ScalarWant : is("bool") ? BoolWant
                : is("List[Optional[Tensor]]") ? OptionalTensors : is("List[float]") ? Floats : is("List[int]") || is("List[SymInt]") ? IntsWant : Plain);
            op->defaulted.push_back(argument.default_value().has_value());
            op->defaults.push_back(argument.default_value() ? *argument.default_value() : IValue());
        }
    });
    return op;
}

// Runs an operator: count arguments in the schema's order, the rest by default. Results go to out (capacity of them);
// the answer is how many there are, or -1. With capacity 0 results are dropped: in-place operators answer with themselves.
API int rt_call(const Op* op, const Arg* args, int count, Arg* out, int capacity, Arg** overflow) {
    int results = 0;
    int failed = guard([&] {
        std::vector<IValue> stack;
        size_t n = op->wants.size();
        stack.reserve(n + 1);
        TORCH_CHECK(static_cast<size_t>(count) <= n, "too many arguments for ", op->handle.schema());
        for (size_t i = 0; i < n; i++) {
            if (i < static_cast<size_t>(count) && args[i].tag != Default) stack.push_back(value(args[i], op->wants[i]));
            else stack.push_back(op->defaults[i]);
        }
        op->handle.callBoxed(&stack);
        if (capacity == 0) return;
        if (stack.size() == 1 && stack[0].isTensor()) { out[0].tag = TensorTag; out[0].p = give(std::move(stack[0]).toTensor()); results = 1; return; }
        std::vector<Arg> all;
        for (auto& v : stack) unpack(std::move(v), all);
        results = static_cast<int>(all.size());
        Arg* to = out;
        if (results > capacity) to = *overflow = static_cast<Arg*>(malloc(results * sizeof(Arg)));
        memcpy(to, all.data(), results * sizeof(Arg));
    });
    return failed ? -1 : results;
}
API void rt_free(void* p) { free(p); }

// Handles and metadata
API void rt_release(Impl* t) { c10::intrusive_ptr<Impl, c10::UndefinedTensorImpl>::reclaim(t); }
API void* rt_alias(Impl* t) { return give(borrow(t)); }
API int64_t rt_numel(Impl* t) { return t->numel(); }
API int64_t rt_dim(Impl* t) { return t->dim(); }
API void rt_sizes(Impl* t, int64_t* out) { auto s = t->sizes(); std::copy(s.begin(), s.end(), out); }
API int rt_strides(Impl* t, int64_t* out) { return guard([&] { auto s = t->strides(); std::copy(s.begin(), s.end(), out); }); }
API int64_t rt_offset(Impl* t) { return t->storage_offset(); }
API int rt_dtype(Impl* t) { return static_cast<int>(c10::typeMetaToScalarType(t->dtype())); }
API int64_t rt_itemsize(Impl* t) { return static_cast<int64_t>(t->dtype().itemsize()); }
API int rt_device_type(Impl* t) { return static_cast<int>(t->device().type()); }
API int rt_device_index(Impl* t) { return t->device().index(); }
API int rt_contiguous(Impl* t) { return t->is_contiguous(); }
API int rt_sparse(Impl* t) { return t->is_sparse(); }
API int rt_requires_grad(Impl* t) { return borrow(t).requires_grad(); }
API int rt_set_requires_grad(Impl* t, int on) { return guard([&] { borrow(t).set_requires_grad(on != 0); }); }
API int rt_is_leaf(Impl* t) { return borrow(t).is_leaf(); }
API int rt_retain_grad(Impl* t) { return guard([&] { borrow(t).retain_grad(); }); }
API void* rt_grad(Impl* t) { void* r = nullptr; guard([&] { r = give(borrow(t).grad()); }); return r; }
API int rt_set_grad(Impl* t, Impl* g) { return guard([&] { borrow(t).mutable_grad() = borrow(g); }); }
API void* rt_data(Impl* t) { void* r = nullptr; guard([&] { r = borrow(t).data_ptr(); }); return r; }
API void* rt_from_blob(void* data, const int64_t* sizes, int dims, int dtype, void (*release)(void*), void* state) {
    void* r = nullptr;
    guard([&] {
        r = give(at::from_blob(data, c10::IntArrayRef(sizes, dims), [release, state](void*) { if (release) release(state); },
            at::TensorOptions().dtype(static_cast<at::ScalarType>(dtype))));
    });
    return r;
}

// One tensor in libtorch's own archive format
API int rt_save(Impl* t, const char* path) { return guard([&] { torch::save(borrow(t), path); }); }
API void* rt_load(const char* path) { void* r = nullptr; guard([&] { at::Tensor t; torch::load(t, path); r = give(t); }); return r; }

// Modes, threads, devices, random numbers
API int rt_grad_mode() { return c10::GradMode::is_enabled(); }
API void rt_set_grad_mode(int on) { c10::GradMode::set_enabled(on != 0); }
API int rt_inference_mode() { return c10::InferenceMode::is_enabled(); }
API void* rt_inference_guard(int on) { return new c10::InferenceMode(on != 0); }
API void rt_inference_end(void* p) { delete static_cast<c10::InferenceMode*>(p); }
API int rt_default_dtype() { return static_cast<int>(c10::get_default_dtype_as_scalartype()); }
API int rt_set_default_dtype(int t) { return guard([&] { c10::set_default_dtype(c10::scalarTypeToTypeMeta(static_cast<at::ScalarType>(t))); }); }
API int rt_promote(int a, int b) { return static_cast<int>(c10::promoteTypes(static_cast<at::ScalarType>(a), static_cast<at::ScalarType>(b))); }
API int rt_threads() { return at::get_num_threads(); }
API int rt_set_threads(int n) { return guard([&] { at::set_num_threads(n); }); }
API int rt_interop_threads() { return at::get_num_interop_threads(); }
API int rt_set_interop_threads(int n) { return guard([&] { at::set_num_interop_threads(n); }); }
API int rt_cuda() { return at::hasCUDA(); }
API int rt_cuda_count() { return at::hasCUDA() ? static_cast<int>(at::getNumGPUs()) : 0; }
API int rt_cudnn() { return at::hasCUDA() && at::detail::getCUDAHooks().hasCuDNN(); }
API int rt_cuda_synchronize(int index) { return guard([&] { at::detail::getCUDAHooks().deviceSynchronize(static_cast<c10::DeviceIndex>(index)); }); }
API int rt_tf32(int set, int on) { if (set) at::globalContext().setAllowTF32CuBLAS(on != 0); return at::globalContext().allowTF32CuBLAS(); }
API int rt_manual_seed(int64_t seed) { return guard([&] { at::manual_seed(static_cast<uint64_t>(seed)); }); }
API void* rt_generator(int64_t where) { void* r = nullptr; guard([&] { r = new at::Generator(at::globalContext().defaultGenerator(device(where)).clone()); }); return r; }
API void* rt_default_generator() { return new at::Generator(at::globalContext().defaultGenerator(c10::Device(c10::kCPU))); }
API void rt_generator_free(at::Generator* g) { delete g; }
API int rt_generator_seed(at::Generator* g, int64_t seed) { return guard([&] { std::lock_guard<std::mutex> lock(g->mutex()); g->set_current_seed(static_cast<uint64_t>(seed)); }); }
API int64_t rt_generator_initial(at::Generator* g) { return static_cast<int64_t>(g->current_seed()); }
API int64_t rt_generator_reseed(at::Generator* g) { std::lock_guard<std::mutex> lock(g->mutex()); return static_cast<int64_t>(g->seed()); }
API void* rt_generator_state(at::Generator* g) { void* r = nullptr; guard([&] { r = give(g->get_state()); }); return r; }
API int rt_generator_set_state(at::Generator* g, Impl* s) { return guard([&] { g->set_state(borrow(s)); }); }

// Autograd
namespace {
std::vector<at::Tensor> list(void* const* p, int n) { std::vector<at::Tensor> r; r.reserve(n); for (int i = 0; i < n; i++) r.push_back(borrow(p[i])); return r; }
}
API int rt_backward(void* const* tensors, int n, void* const* grads, int grad_count, int retain, int create, void* const* inputs, int input_count) {
    return guard([&] {
        Maybe<bool> keep; if (retain >= 0) keep = retain != 0;
        torch::autograd::backward(list(tensors, n), list(grads, grad_count), keep, create != 0, list(inputs, input_count));
    });
}
API int rt_autograd_grad(void* const* outputs, int n, void* const* inputs, int input_count, void* const* grads, int grad_count, int retain, int create, int unused, void** out) {
    return guard([&] {
        Maybe<bool> keep; if (retain >= 0) keep = retain != 0;
        auto r = torch::autograd::grad(list(outputs, n), list(inputs, input_count), list(grads, grad_count), keep, create != 0, unused != 0);
        for (size_t i = 0; i < r.size(); i++) out[i] = give(r[i]);
    });
}

// Functions whose forward and backward passes are managed code. Both callbacks answer null, or a message that we free; tensors
// that they give out are references that we take over.
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;
using Forward = char* (*)(void* state, AutogradContext* context, void** out, int capacity, int* count);
using Backward = char* (*)(void* state, AutogradContext* context, void* const* grads, int n, void** out, int capacity);
namespace {
constexpr int MostOutputs = 64;
at::Tensor take(void* p) { return p ? at::Tensor(c10::intrusive_ptr<Impl, c10::UndefinedTensorImpl>::reclaim(static_cast<Impl*>(p))) : at::Tensor(); }
void check(char* message) { if (message) { std::string text(message); free(message); throw std::runtime_error(text); } }
struct ManagedState : torch::CustomClassHolder {
    void* state; Forward forward; Backward backward; void (*release)(void*); int inputs;
    ~ManagedState() override { release(state); }
};
struct ManagedFunction : torch::autograd::Function<ManagedFunction> {
    static variable_list forward(AutogradContext* context, at::TensorList inputs, c10::intrusive_ptr<ManagedState> managed) {
        context->saved_data["managed"] = c10::IValue::make_capsule(managed);
        void* out[MostOutputs]; int count = 0;
        check(managed->forward(managed->state, context, out, MostOutputs, &count));
        variable_list result;
        for (int i = 0; i < count; i++) result.push_back(take(out[i]));
        return result;
    }
    static variable_list backward(AutogradContext* context, variable_list grads) {
        auto capsule = context->saved_data["managed"].toCapsule();
        auto managed = static_cast<ManagedState*>(capsule.get());
        std::vector<void*> in, out(managed->inputs + 1, nullptr);
        for (auto& g : grads) in.push_back(give(g));
        check(managed->backward(managed->state, context, in.data(), static_cast<int>(in.size()), out.data(), managed->inputs));
        variable_list result;
        for (auto p : out) result.push_back(take(p));
        return result;
    }
};
}
API int rt_function(void* state, Forward forward, Backward backward, void (*release)(void*), void* const* inputs, int n, void** out) {
    int results = 0;
    int failed = guard([&] {
        auto managed = c10::make_intrusive<ManagedState>();
        managed->state = state; managed->forward = forward; managed->backward = backward; managed->release = release; managed->inputs = n;
        auto tensors = list(inputs, n);
        auto r = ManagedFunction::apply(at::TensorList(tensors), managed);
        for (auto& t : r) out[results++] = give(t);
    });
    return failed ? -1 : results;
}
API int rt_context_save(AutogradContext* c, void* const* p, int n) { return guard([&] { c->save_for_backward(list(p, n)); }); }
API int rt_context_dirty(AutogradContext* c, void* const* p, int n) { return guard([&] { c->mark_dirty(list(p, n)); }); }
API int rt_context_non_differentiable(AutogradContext* c, void* const* p, int n) { return guard([&] { c->mark_non_differentiable(list(p, n)); }); }
API int rt_context_materialize(AutogradContext* c, int on) { return guard([&] { c->set_materialize_grads(on != 0); }); }
API int rt_context_saved(AutogradContext* c, void** out, int capacity) {
    int n = 0;
    int failed = guard([&] { for (auto& t : c->get_saved_variables()) { TORCH_CHECK(n < capacity, "too many saved tensors"); out[n++] = give(t); } });
    return failed ? -1 : n;
}
