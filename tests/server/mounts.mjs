// Disks of a test's own: file systems that nobody else sees and that go away with it, however it ends.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';

const sh = (...words) => execFileSync(words[0], words.slice(1), { stdio: 'pipe' }).toString().trim();

/** Goes on with this script where it alone sees what it mounts. False where this machine allows no such thing. */
export function mayMount() {
  if (process.env.SUKI_OWN_MOUNTS) return true;
  if (process.getuid?.() !== 0 || spawnSync('unshare', ['-m', 'true']).status !== 0) return false;
  const { status } = spawnSync('unshare', ['-m', process.execPath, ...process.argv.slice(1)],
    { stdio: 'inherit', env: { ...process.env, SUKI_OWN_MOUNTS: '1' } });
  process.exit(status ?? 1);
}

/** An ext4 in a file, which becomes read-only at its first error, as most machines mount theirs. Throws where there is no loop device. */
export class Disk {
  constructor(file, place, megabytes) {
    Object.assign(this, { file, place });
    mkdirSync(place);
    sh('truncate', '-s', `${megabytes}M`, file);
    sh('mkfs.ext4', '-q', file);
    this.mount();
    process.on('exit', () => spawnSync('umount', ['-l', place]));
  }
  mount() { sh('mount', '-o', 'loop,errors=remount-ro', this.file, this.place); }
  unmount() { sh('umount', this.place); }
  /** As a machine does when it starts; 1: it mended something. */
  check() { return spawnSync('e2fsck', ['-p', this.file]).status <= 1; }
  /** What the kernel does when it finds the file system damaged. */
  fail() {
    const device = sh('findmnt', '-no', 'SOURCE', this.place).split('/').at(-1);
    sh('sh', '-c', `echo test > /sys/fs/ext4/${device}/trigger_fs_error`);
  }
  freeze() { sh('fsfreeze', '-f', this.place); }
  thaw() { sh('fsfreeze', '-u', this.place); }
  /** What was written is kept, and from now on nothing is read or written any more: FS_IOC_SHUTDOWN, with its log flushed. */
  vanish() {
    sh('python3', '-c', 'import fcntl, os, struct, sys\nfcntl.ioctl(os.open(sys.argv[1], os.O_RDONLY), 0x8004587d, struct.pack("I", 1))', this.place);
  }
}
