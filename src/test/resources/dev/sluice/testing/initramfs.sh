# initramfs.sh IMAGE MODULES: the memory disk that a Linux kernel boots from, with busybox, NBD's client, and a
# shell on the serial console. It runs each line that it gets, and says after it how that ended.
set -eu
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
cd "$tree"
mkdir bin dev mnt modules proc sys
cp "$2"/*.ko modules
for program in busybox dd nbd-client mkfs.ext4 blkid; do
  file=$(readlink -f "$(command -v "$program")")
  cp "$file" "bin/$program"
  # A static program has none.
  for library in $(ldd "$file" 2>/dev/null | grep -o '/[^ )]*' || true); do
    mkdir -p ".${library%/*}"
    cp -L "$library" ".$library"
  done
done
cat > init <<'END'
#!/bin/busybox sh
/bin/busybox --install -s /bin
# What is there already stays: the programs that are not busybox's.
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
for module in virtio_ring virtio virtio_pci_modern_dev virtio_pci_legacy_dev virtio_pci virtio_blk \
  failover net_failover virtio_net nbd; do
  insmod /modules/$module.ko
done
ip link set lo up
ip link set eth0 up
ip addr add 10.0.2.15/24 dev eth0
stty -F /dev/ttyS0 -echo -onlcr
echo "== 0 =="
while read -r line; do
  sh -c "$line" </dev/null 2>&1
  echo "== $? =="
done </dev/ttyS0
END
chmod +x init
find . | cpio --quiet -o -H newc | gzip -1 > "$1"
