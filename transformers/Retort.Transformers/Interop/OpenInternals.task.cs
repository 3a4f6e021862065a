using System;
using System.IO;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>Copies assemblies and makes internal types and members public in the copies.</summary>
/// <remarks>
/// Only flags change, in place: the rows of the tables TypeDef, Field and MethodDef (ECMA-335, II.22 and II.24). Private stays
/// private; private protected becomes protected; types in System namespaces, which compilers embed in every assembly, stay closed.
/// </remarks>
public sealed class OpenInternals : Task
{
    [Required]
    public ITaskItem[] Sources { get; set; }

    [Required]
    public string Folder { get; set; }

    public override bool Execute()
    {
        foreach (var source in Sources)
        {
            var image = File.ReadAllBytes(source.ItemSpec);
            new Image(image).Open();
            File.WriteAllBytes(Path.Combine(Folder, Path.GetFileName(source.ItemSpec)), image);
        }

        return true;
    }

    private sealed class Image
    {
        private const int TypeRef = 1, TypeDef = 2, Field = 4, MethodDef = 6, Param = 8, ModuleRef = 26, TypeSpec = 27, AssemblyRef = 35;

        private readonly byte[] _bytes;
        private readonly int[] _rows = new int[64];
        private readonly int _tables, _strings, _stringIndex, _guidIndex, _blobIndex;

        public Image(byte[] bytes)
        {
            _bytes = bytes;
            var optional = Int(0x3C) + 24;
            var directories = optional + (Short(optional) == 0x20B ? 112 : 96);
            var metadata = Offset(Int(Offset(Int(directories + 14 * 8)) + 8));

            var stream = metadata + 16 + Int(metadata + 12);
            var tables = 0;
            for (int count = Short(stream + 2), at = stream + 4; count > 0; count--)
            {
                var name = at + 8;
                if (bytes[name] == '#' && (bytes[name + 1] == '~' || bytes[name + 1] == '-'))
                    tables = metadata + Int(at);
                if (bytes[name] == '#' && bytes[name + 1] == 'S')
                    _strings = metadata + Int(at);
                at = name;
                while (bytes[at] != 0)
                    at++;
                at = name + ((at - name) / 4 + 1) * 4;
            }

            _stringIndex = (bytes[tables + 6] & 1) != 0 ? 4 : 2;
            _guidIndex = (bytes[tables + 6] & 2) != 0 ? 4 : 2;
            _blobIndex = (bytes[tables + 6] & 4) != 0 ? 4 : 2;
            var valid = BitConverter.ToUInt64(bytes, tables + 8);
            _tables = tables + 24;
            for (var table = 0; table < 64; table++)
                if ((valid >> table & 1) != 0)
                {
                    _rows[table] = Int(_tables);
                    _tables += 4;
                }
        }

        public void Open()
        {
            var at = _tables;
            for (var table = 0; table <= MethodDef; table++)
                for (var row = 0; row < _rows[table]; row++, at += Size(table))
                    if (table == TypeDef && !InSystem(at))
                        Change(at, type => type == 0 ? 1 : type == 5 ? 2 : type == 6 ? 4 : type); // not public, nested internal, nested private protected
                    else if (table == Field)
                        Change(at, Member);
                    else if (table == MethodDef)
                        Change(at + 6, Member);
        }

        private static int Member(int access) => access == 2 ? 4 : access == 3 ? 6 : access; // private protected, internal

        private void Change(int at, Func<int, int> access) => _bytes[at] = (byte)(_bytes[at] & ~7 | access(_bytes[at] & 7));

        private int Size(int table)
        {
            switch (table)
            {
                case 0: return 2 + _stringIndex + 3 * _guidIndex;
                case TypeRef: return Coded(2, 0, ModuleRef, AssemblyRef, TypeRef) + 2 * _stringIndex;
                case TypeDef: return 4 + 2 * _stringIndex + Coded(2, TypeDef, TypeRef, TypeSpec) + Coded(0, Field) + Coded(0, MethodDef);
                case Field: return 2 + _stringIndex + _blobIndex;
                case MethodDef: return 8 + _stringIndex + _blobIndex + Coded(0, Param);
                default: return Coded(0, table + 1); // the pointer tables before Field and MethodDef
            }
        }

        private int Coded(int tagBits, params int[] tables)
        {
            var most = 0;
            foreach (var table in tables)
                most = Math.Max(most, _rows[table]);
            return most < 1 << 16 - tagBits ? 2 : 4;
        }

        private bool InSystem(int type)
        {
            var at = type + 4 + _stringIndex;
            var name = _strings + (_stringIndex == 2 ? Short(at) : Int(at));
            foreach (var letter in "System")
                if (_bytes[name++] != letter)
                    return false;
            return true;
        }

        private int Offset(int address)
        {
            var header = Int(0x3C) + 4;
            var section = header + 20 + Short(header + 16);
            for (var count = Short(header + 2); count > 0; count--, section += 40)
                if (address >= Int(section + 12) && address < Int(section + 12) + Int(section + 16))
                    return address - Int(section + 12) + Int(section + 20);
            throw new InvalidDataException("The assembly has no section at address " + address + ".");
        }

        private int Int(int at) => BitConverter.ToInt32(_bytes, at);

        private int Short(int at) => BitConverter.ToUInt16(_bytes, at);
    }
}
