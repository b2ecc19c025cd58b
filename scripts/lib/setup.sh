# Sets up what the scripts need, and puts Node 24 and the other tools on the path. Sourced, after ROOT is set:
#   ROOT=$(cd "$(dirname "$0")/.." && pwd) && . "$ROOT/scripts/lib/setup.sh"
# Idempotent, and quick when nothing changed. Everything it says goes to standard error.

say() { echo "setup: $*" >&2; }
refuse() { say "$*"; exit 3; }

# ---- what the system must have

# Debian 12 calls it openjdk-17-jre-headless; later releases have only newer ones, which serve as well.
install_packages() {
  [ "$(id -u)" = 0 ] || refuse "$1 is missing. As root: apt-get install $2. Then run this again."
  command -v apt-get >/dev/null || refuse "$1 is missing, and there is no apt-get to install it with. Install it, then run this again."
  say "$1 is missing; installing $2 with apt-get (once; up to 200 MB)"
  with_progress "apt-get" "" sh -c "apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $2" ||
    refuse "apt-get could not install $2; its last lines are above."
}

# Prints the major version of the JDK that the lab would use, or 0.
java_major() {
  java=${JAVA_HOME:+$JAVA_HOME/bin/}java
  "$java" -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p' | grep . || echo 0
}

java_package() {
  if apt-cache show openjdk-17-jre-headless >/dev/null 2>&1; then echo openjdk-17-jre-headless; else echo default-jre-headless; fi
}

check_system() {
  [ "$(uname -sm)" = "Linux x86_64" ] || refuse "the lab's PostgreSQL programs are built for Linux on x86_64; this is $(uname -sm)."
  if ! command -v node >/dev/null || ! command -v npm >/dev/null; then install_packages "Node.js with npm" "nodejs npm"; fi
  [ "$(java_major)" -ge 17 ] || install_packages "a Java runtime, 17 or newer," "$(java_package)"
  [ "$(java_major)" -ge 17 ] || refuse "Java $(java_major) is found, 17 or newer is needed. Point JAVA_HOME at a newer one."
}

# ---- what is fetched into the checkout

NODE_STAMP="$ROOT/node_modules/.pawl-installed"
KAFKA_STAMP="$ROOT/.build/kafka/.pawl-installed"

node_wanted() { cat "$ROOT/package.json" "$ROOT/package-lock.json" | sha256sum; }
kafka_wanted() { sha256sum <"$ROOT/lab/cdc/pom.xml"; }
node_is_there() { [ "$(cat "$NODE_STAMP" 2>/dev/null)" = "$(node_wanted)" ]; }
kafka_is_there() { [ "$(cat "$KAFKA_STAMP" 2>/dev/null)" = "$(kafka_wanted)" ]; }

fetch_node_modules() {
  # Somebody may have run npm by hand; npm's own note of what it installed is then newer than the lock file.
  if [ ! "$ROOT/node_modules/.package-lock.json" -nt "$ROOT/package-lock.json" ]; then
    say "fetching npm packages (about 330 MB, 730 MB unpacked; one to two minutes)"
    (cd "$ROOT" && with_progress "npm" "$ROOT/node_modules" npm ci --no-progress) || refuse "npm ci failed; its last lines are above."
  fi
  node_wanted >"$NODE_STAMP"
}

fetch_kafka() {
  command -v mvn >/dev/null || install_packages "Maven" "maven"
  say "fetching Kafka, Kafka Connect and Debezium with Maven (about 160 MB, 140 MB unpacked; up to a minute)"
  rm -rf "$ROOT/.build/kafka"
  with_progress "Maven" "$ROOT/.build/kafka" mvn -B -ntp -q -f "$ROOT/lab/cdc/pom.xml" process-resources ||
    refuse "Maven failed; its last lines are above."
  kafka_wanted >"$KAFKA_STAMP"
}

# with_progress NAME FOLDER COMMAND...: runs it quietly, says every few seconds how far the folder has grown, and shows
# the last lines of what it printed if it fails.
with_progress() {
  progress_name=$1 progress_folder=$2
  shift 2
  progress_log=$(mktemp)
  # Standard input is closed, so that nothing can stop to ask a question nobody sees; a session of its own, so that an
  # interruption ends all of it.
  setsid "$@" >"$progress_log" 2>&1 </dev/null 9>&- &
  progress_pid=$!
  trap 'kill -- "-$progress_pid" 2>/dev/null; rm -f "$progress_log"; exit 130' INT TERM HUP
  progress_seconds=0
  while kill -0 "$progress_pid" 2>/dev/null; do
    sleep 1
    progress_seconds=$((progress_seconds + 1))
    [ $((progress_seconds % 5)) = 0 ] && say "  $progress_name: $progress_seconds s$(grown_to "$progress_folder")"
  done
  wait "$progress_pid" && progress_code=0 || progress_code=$?
  trap - INT TERM HUP
  [ "$progress_code" = 0 ] || tail -n 20 "$progress_log" >&2
  rm -f "$progress_log"
  return "$progress_code"
}

# npm links the commands of a project's packages, not the project's own; with this `npx pawl` starts at once, offline.
link_pawl() {
  [ -x "$ROOT/node_modules/.bin/pawl" ] || ln -sf ../../bin/pawl.mjs "$ROOT/node_modules/.bin/pawl" ||
    say "node_modules/.bin is not writable; use bin/pawl.mjs where npx pawl does not work"
}

grown_to() { [ -d "$1" ] && echo ", $(du -sm "$1" 2>/dev/null | cut -f 1) MB so far"; }

set_up() {
  check_system
  if ! node_is_there || ! kafka_is_there; then
    mkdir -p "$ROOT/.build" 2>/dev/null && [ -w "$ROOT/.build" ] ||
      refuse "$ROOT is not writable, and what it needs has not been fetched. Run this as the user who owns it."
    # Two runs at once fetch once: the second waits here, and then finds everything there.
    exec 9>"$ROOT/.build/setup.lock"
    flock -n 9 || { say "waiting for another set-up of this checkout"; flock 9; }
    node_is_there || fetch_node_modules
    kafka_is_there || fetch_kafka
    exec 9>&-
  fi
  link_pawl
  PATH="$ROOT/node_modules/.bin:$PATH"
  export PATH
}

set_up
