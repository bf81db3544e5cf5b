#!/bin/sh
# Runs Asterisk as a nobody on the configuration in the shared volume; the folder of what it writes begins empty.
set -eu
home=/srv/onestop-hotline
uid=64040
rm -rf "$home/run"
mkdir -p "$home/sounds"
for folder in lib/keys agi spool run log log/cdr-csv; do mkdir -p "$home/run/$folder"; done
chown -R "$uid:$uid" "$home/run"
chmod -R u=rwX,go= "$home/run"
exec setpriv --reuid="$uid" --regid="$uid" --clear-groups /usr/sbin/asterisk -f -C "$home/etc/asterisk.conf"
