#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: acm-enforcerd labeltool
#
# The label of a disk stays with the disk, whatever it is called: renamed, moved, linked, bound, looped, mapped; and does
# not go to another that takes its name, nor to a copy. Then the same with a guest that really gets its disk.
# shellcheck source=../lib/common.sh
source /lab/lib/common.sh

images=/mnt/ext4
marked=trusted.xenacm

# file_system TYPE DIR MKFS...: a file system in a file, mounted through a loop device.
file_system() {
    truncate -s 16M "/root/$1.fs" && "${@:3}" "/root/$1.fs" && mkdir -p "$2" && mount -o loop -t "$1" "/root/$1.fs" "$2"
}

# disk_image FILE TEXT: a disk of 1 MiB that begins with a line of text.
disk_image() {
    truncate -s 1M "$1" && printf '%s\n' "$2" | dd of="$1" conv=notrunc
}

# asks NAME DISK: what the monitor would say to the start of domain NAME with that disk; true if it may.
asks() {
    printf 'name = "%s"\nkernel = "/boot/vmlinux.domU"\nmemory = 96\ndisk = ["%s,xvda,w"]\n' "$1" "$2" >"/root/$1.cfg"
    labeltool dry-run --explain "/root/$1.cfg" >/tmp/asked 2>&1
}
told() {
    grep -q -E -e "$1" /tmp/asked || { cat /tmp/asked && false; }
}

# A-Bank's, and nobody else's.
is_the_banks() {
    asks bank "$1" && ! asks cars "$1" && told 'res: A-Bank' && ! asks stray "$1"
}
# Nobody may use it, for name and thing contradict each other.
is_nobodys() {
    ! asks bank "$1" && told 'integrity: ' && ! asks cars "$1" && told 'integrity: ' && ! asks stray "$1"
}
# Of no label: for the unlabelled domain alone.
is_unlabelled() {
    asks stray "$1" && ! asks bank "$1" && told '__UNLABELED__'
}

label_image() {
    labeltool addlabel A-Bank res "file:$1"
}

# finding NAME WORD: `resources --check` has that to say of it.
finding() {
    labeltool resources --check --json | grep -q -z -E "\"finding\": ?\"$2\"[^}]*\"name\": ?\"$1\""
}

mends() {
    labeltool resources --repair "$@"
}

step "The monitor starts; three domains are to use the disks: A-Bank's, AutoCorp's, and one without a label"
acm-enforcerd --state-dir /var/lib/xenacm >/var/log/xenacm/acm-enforcerd.log 2>&1 &
check "it answers" wait_until 20 labeltool status
check "the policy" labeltool setpolicy ACM mytest
check "enforcing" labeltool mode enforcing
check "bank" labeltool addlabel A-Bank mgt bank
check "cars" labeltool addlabel AutoCorp mgt cars
check "ext4 is mounted" file_system ext4 $images mke2fs -q -t ext4
mkdir -p $images/other

step "One file under many names"
check "a disk" disk_image $images/a.img "disk of the bank"
check "... is labelled" label_image $images/a.img
check "... and carries a mark" getfattr --only-values -n $marked $images/a.img
check "by its name" is_the_banks file:$images/a.img
check "by another driver's prefix" is_the_banks tap:aio:$images/a.img
ln $images/a.img $images/hard.img
check "by a hard link" is_the_banks file:$images/hard.img
ln -s $images/a.img /root/soft.img
check "by a symbolic link" is_the_banks file:/root/soft.img
mkdir -p /mnt/bound
check "a folder is bound to another place" mount --bind $images /mnt/bound
check "by that place" is_the_banks file:/mnt/bound/a.img
loop=$(losetup --find --show $images/a.img)
check "by a loop device" is_the_banks "phy:$loop"
losetup -d "$loop"
rm $images/hard.img /root/soft.img
mv $images/a.img $images/renamed.img
check "renamed" is_the_banks file:$images/renamed.img
mv $images/renamed.img $images/other/moved.img
check "moved" is_the_banks file:$images/other/moved.img
check "the label's own name leads nowhere now" finding file:$images/a.img orphan
check "the name is mended" mends file:$images/a.img rename file:$images/other/moved.img
show labeltool resources
check "the label has the new name" shown_says "^file:$images/other/moved.img"

step "Another file under its name, and copies"
rm $images/other/moved.img
check "deleted and made anew" disk_image $images/other/moved.img "another disk"
check "... it is not the labelled one" is_nobodys file:$images/other/moved.img
check "... which the check tells" finding file:$images/other/moved.img replaced
show labeltool resources --repair
check "... with each way out" shown_says "labeltool rmlabel res file:$images/other/moved.img"
check "an administrator says that it is" mends file:$images/other/moved.img adopt
check "... and so it is" is_the_banks file:$images/other/moved.img
cp $images/other/moved.img $images/copy.img
check "a copy has no label" is_unlabelled file:$images/copy.img
cp -a $images/other/moved.img $images/archived.img
check "a copy that took the mark along is nobody's" is_nobodys file:$images/archived.img
check "... until the mark is taken from it" mends file:$images/archived.img forget_mark
check "... then it has no label" is_unlabelled file:$images/archived.img
mv $images/other/moved.img /root/far.img
check "moved to another file system it is nobody's" is_nobodys file:/root/far.img
check "... until an administrator says that it was moved" mends file:$images/other/moved.img rename file:/root/far.img
check "... then it is the bank's" is_the_banks file:/root/far.img

step "A label before its file, and file systems without extended attributes"
check "the label" label_image $images/later.img
check "... holds before there is a file" is_the_banks file:$images/later.img
disk_image $images/later.img "came later"
check "... and when it is there" is_the_banks file:$images/later.img
check "... as the check tells" finding file:$images/later.img unbound
check "minix is mounted" file_system minix /mnt/minix mkfs.minix -3
disk_image /mnt/minix/a.img "on minix"
check "a label without a mark" label_image /mnt/minix/a.img
check "... is there" is_the_banks file:/mnt/minix/a.img
mv /mnt/minix/a.img /mnt/minix/b.img
check "... and goes along with a new name" is_the_banks file:/mnt/minix/b.img
check "vfat is mounted" file_system vfat /mnt/vfat mkdosfs
disk_image /mnt/vfat/a.img "on vfat"
refused "vfat cannot tell one file from another: no label" label_image /mnt/vfat/a.img
check "... and nobody's" is_nobodys file:/mnt/vfat/a.img

step "A guest whose disk is a logical volume: a device-mapper device with an LVM uuid"
check "the image" disk_image $images/lv.img "logical volume"
lv=$(losetup --find --show $images/lv.img)
check "the device" dmsetup create vg-lv --uuid LVM-vg-lv --table "0 $(blockdev --getsz "$lv") linear $lv 0"
mkdir -p /dev/vg && ln -s /dev/mapper/vg-lv /dev/vg/lv
check "labelled by one name" labeltool addlabel A-Bank res phy:vg/lv
check "known by another" is_the_banks phy:/dev/mapper/vg-lv
check "... and by the kernel's" is_the_banks "phy:$(readlink -f "/dev/mapper/vg-lv")"
check "client1 is A-Bank's" labeltool addlabel A-Bank dom client1.cfg
check "client2 is AutoCorp's" labeltool addlabel AutoCorp dom client2.cfg
printf 'disk = ["phy:/dev/mapper/vg-lv,xvda,w"]\n' | tee -a client1.cfg >>client2.cfg
show xl create client2.cfg
check "client2 does not start with it" shown_fails
show labeltool why
check "the denial names the disk" shown_says 'phy:/dev/mapper/vg-lv +A-Bank'
check "client2 is gone" wait_until 20 gone client2
show xl create client1.cfg
check "client1 does" shown_succeeds
check "... and reads it" wait_log client1 'CLIENT-DISK xvda 1048576 logical volume' 60
refused "its label is not removed while it is used" labeltool rmlabel res phy:vg/lv
show xl block-attach client1 "file:$images/copy.img,xvdb,w"
check "a disk without a label is not attached to it" shown_fails
show xl block-attach client1 "file:/root/far.img,xvdb,w"
check "one of A-Bank's is" shown_succeeds
check "... and it reads it" wait_log client1 'CLIENT-DISK xvdb 1048576 another disk' 30
show xl shutdown -w client1
check "client1 ends" wait_until 20 gone client1
check "the label can be removed now" labeltool rmlabel res phy:vg/lv

finish
