package dev.sluice.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Linux kernel in a virtual machine, whose block device {@code /dev/nbd0} is the client. A shell
 * on its serial console takes commands; disks are {@code /dev/vda}, {@code /dev/vdb} and so on.
 */
public final class LinuxVm implements AutoCloseable {

  private static final Duration BOOTS_WITHIN = Duration.ofSeconds(60);
  private static final Duration RUNS_WITHIN = Duration.ofSeconds(150);
  private static final Path FOLDER =
      Path.of(System.getenv().getOrDefault("SLUICE_LINUX", "/nonexistent"));
  private static final String THIS_MACHINE = "10.0.2.2";
  private static final Pattern ENDED = Pattern.compile("^== (\\d+) ==\r?\n", Pattern.MULTILINE);

  private static Path initramfs;

  private final Command.Running machine;
  private int seen;

  private LinuxVm(Command command) {
    machine = command.told().start();
    boolean booted = false;
    try {
      awaitEnd(BOOTS_WITHIN);
      booted = true;
    } finally {
      if (!booted) {
        machine.close();
      }
    }
  }

  /** Requires all that {@link #boot} needs, and the programs that are copied into the machine. */
  public static void require() {
    Peers.require("qemu-system-x86_64", "cpio", "busybox", "nbd-client", "mkfs.ext4", "blkid");
    Peers.requireFile(FOLDER.resolve("vmlinuz"), "SLUICE_LINUX names no folder of .ci/prepare");
  }

  /** Boots one with so much memory. */
  public static LinuxVm boot(int mebibytes, Disk... disks) {
    List<String> drives = new ArrayList<>();
    for (Disk disk : disks) {
      drives.add("-drive");
      drives.add("file=" + disk.path() + ",format=raw,if=virtio,readonly=on");
    }
    return new LinuxVm(
        Command.of("qemu-system-x86_64", "-accel", "tcg", "-cpu", "qemu64", "-m", mebibytes)
            .with("-no-reboot", "-display", "none", "-monitor", "none", "-serial", "stdio")
            .with("-kernel", FOLDER.resolve("vmlinuz"), "-initrd", initramfs())
            .with("-append", "console=ttyS0 quiet loglevel=1 panic=-1")
            .with("-nic", "user,model=virtio-net-pci")
            .with(drives.toArray()));
  }

  private static synchronized Path initramfs() {
    if (initramfs == null) {
      Path made = Workspace.newPath("initramfs");
      Command.shell(LinuxVm.class, "initramfs.sh", made, FOLDER.resolve("modules"))
          .run()
          .assertSucceeded();
      initramfs = made;
    }
    return initramfs;
  }

  /**
   * Makes the block device of an export.
   *
   * @param options more of nbd-client's
   */
  public void attach(URI export, String options) {
    run(
        "nbd-client -N %s %s %s %d /dev/nbd0 >/dev/null"
            .formatted(export.getPath().substring(1), options, THIS_MACHINE, export.getPort()));
  }

  /** Removes it, which says goodbye to the export. */
  public void detach() {
    run("nbd-client -d /dev/nbd0 >/dev/null");
  }

  /** Runs a line of shell that has to succeed; returns what it printed. */
  public String run(String line) {
    machine.tell(line);
    return awaitEnd(RUNS_WITHIN);
  }

  private String awaitEnd(Duration limit) {
    int begun = seen;
    await().atMost(limit).until(() -> !machine.isAlive() || ended().find(begun));
    Matcher ended = ended();
    assertThat(ended.find(begun)).as("the machine ended: %s", machine.outputSoFar()).isTrue();
    seen = ended.end();
    String printed = machine.outputSoFar().substring(begun, ended.start());
    assertThat(ended.group(1)).as("what %s ended with", printed).isEqualTo("0");
    return printed.strip();
  }

  private Matcher ended() {
    return ENDED.matcher(machine.outputSoFar());
  }

  @Override
  public void close() {
    machine.close();
  }
}
