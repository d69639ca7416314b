# What a patrol reads of a host, in one go: sections that begin with a line of their own. It changes nothing, and a
# section whose tool is missing stays empty. Runs as root under sh, LC_ALL=C.
s() { echo "@$1"; }
export LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin
s release; (. /etc/os-release; echo "$ID $VERSION_ID")
s kernel; uname -r
s uptime; cut -d' ' -f1 /proc/uptime
s disks; df -P -B1 -x tmpfs -x devtmpfs -x squashfs -x efivarfs
s inodes; df -P -i -x tmpfs -x devtmpfs -x squashfs -x efivarfs
s memory; grep -E '^(MemTotal|MemAvailable):' /proc/meminfo
s failed; systemctl list-units --state=failed --plain --no-legend --full
s clock; chronyc -c -n tracking
s journal; journalctl --disk-usage
s rules; nanxi-ruleset status; cmp -s /etc/nftables.conf /etc/nanxi/ruleset.nft && echo kept
s packages; dpkg-query -W -f '${Package} ${Version}\n' nftables chrony openssh-server snmpd ffmpeg
s nanxi; readlink /opt/nanxi/current
s cameras; python3 -c 'import json; print(*json.load(open("/etc/nanxi/recorder.json"))["cameras"], sep="\n")'
s newest
python3 -c 'import json; print(*json.load(open("/etc/nanxi/recording.json"))["volumes"], sep="\n")' |
while read -r volume; do
  for camera in "$volume"/*-*/; do
    # Tomorrow's folder is made today and may be empty.
    newest=$(for day in $(ls -1 "$camera" | tail -n 2); do ls -1d "$camera$day"/*.ts; done | tail -n 1)
    [ -z "$newest" ] || echo "$(basename "$camera") $(stat -c %Y "$newest")"
  done
done
s now; date +%s
s end
