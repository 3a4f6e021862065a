# Sourced by test: the browser that tries pages, installed where it is missing and can be.
if [ "$(uname -s)" = Linux ] && [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null && ! command -v chromedriver > /dev/null; then
  echo "Installing Chromium, once ..." >&2
  { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends chromium chromium-driver fonts-dejavu-core; } > "$_offline/chromium.log" 2>&1 \
    || echo "Chromium could not be installed; apt-get's words are in $_offline/chromium.log." >&2
fi
