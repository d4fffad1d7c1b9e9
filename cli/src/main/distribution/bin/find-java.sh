# Sourced by what starts Manciple from a shell. Leaves in java_home a Java of version $required or newer.
# shellcheck shell=bash disable=SC2034
required=25

# The major version of the JDK or JRE in a folder, read without starting it; 0 where there is none.
major_of() {
  major=0
  [[ -x $1/bin/java && -r $1/release ]] || return 0
  local line
  while IFS= read -r line; do
    if [[ $line == JAVA_VERSION=* ]]; then
      line=${line#*=}
      line=${line//\"/}
      major=${line%%[!0-9]*}
      return 0
    fi
  done <"$1/release"
}

# Leaves the home of the Java to use in java_home: the one the user chose if it will do, else the newest installed.
find_java() {
  local candidate path
  if [[ -n ${JAVA_HOME:-} ]]; then
    major_of "$JAVA_HOME"
    if ((major >= required)); then
      java_home=$JAVA_HOME
      return 0
    fi
  fi
  if path=$(command -v java); then
    while [[ -L $path ]]; do
      link=$(readlink "$path")
      [[ $link == /* ]] && path=$link || path=$(dirname "$path")/$link
    done
    candidate=$(dirname "$(dirname "$path")")
    major_of "$candidate"
    if ((major >= required)); then
      java_home=$candidate
      return 0
    fi
  fi
  local newest=0
  shopt -s nullglob
  for candidate in /usr/lib/jvm/* /usr/lib64/jvm/* /usr/java/* /usr/local/*jdk* /opt/*jdk* /opt/java/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home "${HOME:-/}"/Library/Java/JavaVirtualMachines/*/Contents/Home \
    /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
    "${HOME:-/}"/.sdkman/candidates/java/* "${HOME:-/}"/.jdks/* "${HOME:-/}"/.local/share/mise/installs/java/*; do
    major_of "$candidate"
    if ((major >= required && major > newest)); then
      newest=$major
      java_home=$candidate
    fi
  done
  shopt -u nullglob
  ((newest > 0))
}
