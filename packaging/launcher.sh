#!/bin/sh
# dagx in one file: this script and, behind it, the program packed as two tar.gz. The first start unpacks them into the
# user's cache, under a name that says which build it is; every start goes on there, in this same process.

unset DAGX_AS_PYTHON DAGX_WORKER # a step that calls dagx gets dagx, see start.py

id=@ID@
skip=@SKIP@ # bytes of this script
first=@FIRST@ # bytes of the first tar.gz
entries=@ENTRIES@ # in the program's folder: fewer mean that someone has tidied up there

# Start from the cache folder $1, unpacked there first if need be. Comes back when that cannot be done.
start_in() {
    [ -n "$1" ] || return
    cache=$1
    home=$cache/rt/$id
    { is_ours "$cache/rt" && is_whole "$home"; } || unpack || return
    shift
    exec "$home/dagx" "$@"
}

# Of this user's making, or what lies in it could be anyone's program.
is_ours() { [ -O "$1" ] && [ ! -L "$1" ]; }

is_whole() {
    [ -x "$1/dagx" ] && is_ours "$1" || return
    set -- "$1"/_internal/*
    [ $# -ge "$entries" ]
}

# In a process of its own, which has its own PATH and umask and tidies up after itself. Nobody ever sees half a program:
# it is unpacked under another name and renamed.
unpack() (
    PATH=/usr/local/bin:/usr/bin:/bin:${PATH:-}
    umask 077
    new=$cache/rt/.new-$$
    sweep= other=
    trap 'tidy_up' EXIT
    trap 'exit 1' HUP INT TERM
    mkdir -p "$cache/rt" 2>/dev/null && is_ours "$cache/rt" || give_up "cannot be written or is not yours"
    case $(ls -ld "$cache/rt") in d????-??-*) ;; *) give_up "may be written by others" ;; esac
    mkdir "$new" 2>/dev/null || give_up "cannot be written"
    printf '#!/bin/sh\n' >"$new/trial" && chmod 700 "$new/trial" && "$new/trial" 2>/dev/null || give_up "lets no program run"
    rm "$new/trial"
    find "$cache/rt" -maxdepth 1 -name '.new-*' -mmin +60 -exec rm -rf {} + 2>/dev/null & # of starts that were killed
    sweep=$!
    begin=$((1$skip - 1000000 + 1))
    tail -c +"$begin" "$0" | head -c "$first" | tar -xzof - -C "$new" & # both at once: inflating is what takes long
    other=$!
    tail -c +$((begin + first)) "$0" | tar -xzof - -C "$new" && wait "$other" || give_up "could not take the program: is $0 damaged, or the disk full?"
    wait "$sweep"
    is_whole "$new" || give_up "could not take the program: $0 is damaged"
    is_whole "$home" && exit # another start was faster
    if [ -e "$home" ] || [ -L "$home" ]; then mv "$home" "$new.old"; fi
    mv "$new" "$home" 2>/dev/null
    [ ! -e "$home/.new-$$" ] || rm -rf "$home/.new-$$" # a faster start came between: mv went inside
    is_whole "$home" || give_up "could not take the program"
)

# What still unpacks is ended first, or it goes on writing: ^C does not reach what a shell has put in the background.
tidy_up() {
    [ -e "$new" ] || [ -e "$new.old" ] || return
    [ -z "$other" ] || kill "$other" 2>/dev/null
    wait
    rm -rf "$new" "$new.old"
}

give_up() {
    echo "dagx: $cache $1" >&2
    exit 1
}

start_in "${DAGX_CACHE_DIR:-}" "$@"
start_in "${XDG_CACHE_HOME:+$XDG_CACHE_HOME/dagx}" "$@"
start_in "${HOME:+$HOME/.cache/dagx}" "$@"
start_in "/var/tmp/dagx-$(PATH=/usr/bin:/bin:${PATH:-} && id -u)" "$@"
echo "dagx: no folder can hold the program; name one that is yours: DAGX_CACHE_DIR=/path dagx" >&2
exit 125
