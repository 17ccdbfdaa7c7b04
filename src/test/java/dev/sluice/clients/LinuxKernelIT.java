package dev.sluice.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.Command;
import dev.sluice.testing.CuttingProxy;
import dev.sluice.testing.CuttingProxy.Way;
import dev.sluice.testing.Disk;
import dev.sluice.testing.Disks;
import dev.sluice.testing.ExportDocument;
import dev.sluice.testing.ExportsApi;
import dev.sluice.testing.LeavesNothingBehind;
import dev.sluice.testing.LinuxVm;
import dev.sluice.testing.OwnService;
import dev.sluice.testing.Peers;
import dev.sluice.testing.ReadTrial;
import dev.sluice.testing.Transport;
import dev.sluice.testing.Workspace;
import dev.sluice.testing.WriteTrial;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The Linux kernel's own client, in a virtual machine that has an export as a block device. */
@ExtendWith(LeavesNothingBehind.class)
class LinuxKernelIT {

  /** The default; the service of the tests has another one. */
  private static final Map<String, ?> WINDOW = Map.of("reorderWindow", "64M");

  private static final Disk DISK = Disks.random(64L * Disks.MIB); // vda
  private static final Disk LARGE = Disks.random(512L * Disks.MIB); // vdb
  private static final Disk SMALL = Disks.random(16L * Disks.MIB); // vdc

  private static LinuxVm vm;

  @BeforeAll
  static void boot() {
    LinuxVm.require();
    Peers.require("e2fsck", "debugfs");
    vm = LinuxVm.boot(1024, DISK, LARGE, SMALL);
  }

  @AfterAll
  static void end() {
    if (vm != null) {
      vm.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"oflag=direct", "conv=fsync"})
  @Shows(ClientRow.LINUX)
  void ddWrites(String how) {
    assertWritten(DISK, WINDOW, "", "dd if=/dev/vda of=/dev/nbd0 bs=1M " + how);
  }

  @Test
  @Shows(ClientRow.LINUX)
  void ddWritesHalfOfWhatTheMemoryHolds() {
    assertWritten(LARGE, WINDOW, "", "dd if=/dev/vdb of=/dev/nbd0 bs=1M conv=fsync");
  }

  @Test
  @Shows(ClientRow.LINUX)
  void ddWritesMoreThanTheMemoryHolds() {
    Disk disk = Disks.random(160L * Disks.MIB);
    try (LinuxVm little = LinuxVm.boot(128, disk);
        WriteTrial trial = WriteTrial.of(disk, WINDOW)) {
      little.attach(trial.uri(Transport.TCP), "");
      little.run("dd if=/dev/vda of=/dev/nbd0 bs=1M conv=fsync");
      little.detach();
      trial.assertComplete();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 1024, 2048, 4096})
  @Shows(ClientRow.LINUX)
  void ddWritesWhateverTheBlockSize(int bytes) {
    assertWritten(SMALL, WINDOW, "-b " + bytes, "dd if=/dev/vdc of=/dev/nbd0 bs=1M conv=fsync");
  }

  @Test
  @Shows(ClientRow.LINUX_UNORDERED)
  void twoProgramsWriteAHalfEach() {
    String half = "dd if=/dev/vda of=/dev/nbd0 bs=1M count=32 conv=fsync,notrunc ";
    assertWritten(
        DISK,
        Map.of("reorderWindow", "32M"),
        "",
        half + "& first=$!; " + half + "skip=32 seek=32 && wait $first");
  }

  @Test
  @Shows(ClientRow.LINUX_UNORDERED)
  void blocksAreWrittenInAnyOrder() {
    assertWritten(
        DISK,
        WINDOW,
        "",
        "for i in $(seq 0 63 | shuf); do dd if=/dev/vda of=/dev/nbd0 bs=1M count=1 skip=$i seek=$i"
            + " conv=notrunc 2>/dev/null || exit; done");
  }

  @Test
  @Shows(ClientRow.LINUX_UNORDERED)
  void whatComesFurtherAheadThanTheWindowFailsTheStream() {
    String half = "dd if=/dev/vda of=/dev/nbd0 bs=1M count=32 oflag=direct conv=notrunc ";
    try (WriteTrial trial = WriteTrial.of(DISK, Map.of("reorderWindow", "8M"))) {
      vm.attach(trial.uri(Transport.TCP), "");
      vm.run(half + "skip=32 seek=32; " + half + "; true");
      vm.detach();
      assertThat(trial.awaitState("FAILED").failure())
          .contains("came after the gap there had to be filled with zeroes");
    }
  }

  @Test
  void aDiscardCompletesNothing() {
    try (WriteTrial trial = WriteTrial.of(DISK, WINDOW)) {
      vm.attach(trial.uri(Transport.TCP), "");
      vm.run("blkdiscard /dev/nbd0");
      vm.detach();
      assertThat(trial.assertIncomplete().position()).isZero();
    }
  }

  /** The kernel fails what it had sent; that nbd-client connects again comes too late for that. */
  @Test
  void aCutIsAnErrorForTheProgramEvenWithPersist() {
    long cut = 20L * Disks.MIB;
    try (LinuxVm machine = LinuxVm.boot(256, DISK);
        WriteTrial trial = WriteTrial.of(DISK, Map.of("resumeWindow", "8M"));
        CuttingProxy proxy =
            new CuttingProxy(trial.uri(Transport.TCP), Way.TO_THE_SERVICE, List.of(cut))) {
      URI cutting = URI.create("nbd://127.0.0.1:" + proxy.port() + "/" + trial.export().name());
      machine.attach(cutting, "-persist -t 3");
      String said = machine.run("! dd if=/dev/vda of=/dev/nbd0 bs=64k oflag=direct 2>&1");
      assertThat(said).contains("Input/output error");
      assertThat(proxy.cutsLeft()).isZero();
      assertThat(trial.assertIncomplete().position()).isLessThan(DISK.size());
    }
  }

  @Test
  @Shows(ClientRow.LINUX_FILE_SYSTEM)
  void aFileSystemIsMadeAndUsed() {
    ExportsApi api = OwnService.shared().api();
    Path fifo = OwnService.shared().root().resolve("ext4");
    Path image = Workspace.newPath("ext4");
    Map<String, Object> fields = Map.of("headWindow", DISK.size(), "padTail", true);
    ExportDocument export = api.create("ext4", fifo, "write", DISK.size(), fields);
    try (Command.Running peer = Command.of("cat", fifo).into(image).start()) {
      vm.attach(Transport.TCP.uri(export), "");
      vm.run("mkfs.ext4 -q /dev/nbd0 && mount -t ext4 /dev/nbd0 /mnt");
      vm.run("dd if=/dev/vdc of=/mnt/file bs=1M && umount /mnt");
      vm.detach();
      assertThat(api.await("ext4", now -> now.clients() == 0).state()).isEqualTo("COMPLETED");
      peer.await().assertSucceeded();
    } finally {
      api.delete("ext4", true);
    }
    assertThat(image).hasSize(DISK.size());
    Command.of("e2fsck", "-fn", image).run().assertSucceeded();
    Path file = Workspace.newPath("file");
    Command.of("debugfs", "-R", "dump file " + file, image).run().assertSucceeded();
    assertThat(file).hasSameBinaryContentAs(SMALL.path());
    Workspace.remove(image);
    Workspace.remove(file);
  }

  @ParameterizedTest
  @ValueSource(strings = {"iflag=direct", ""})
  @Shows(ClientRow.LINUX_READS)
  void ddReads(String how) {
    try (ReadTrial trial = ReadTrial.of(DISK)) {
      vm.attach(trial.uri(Transport.TCP), "");
      assertThat(sum("dd if=/dev/nbd0 bs=1M " + how)).isEqualTo(DISK.sha256());
      assertThat(trial.now().state()).isEqualTo("STREAMING");
      vm.detach();
      trial.assertCompleted();
    }
  }

  @Test
  @Shows(ClientRow.LINUX_BLKID)
  void ddReadsAfterBlkid() {
    Map<String, ?> probed = Map.of("headWindow", "16M", "reorderWindow", 0);
    try (ReadTrial trial = ReadTrial.of(DISK, probed)) {
      vm.attach(trial.uri(Transport.TCP), "");
      vm.run("blkid -p /dev/nbd0; true");
      assertThat(trial.now().state()).isEqualTo("WAITING");
      assertThat(sum("dd if=/dev/nbd0 bs=1M")).isEqualTo(DISK.sha256());
      vm.detach();
      trial.assertCompleted();
    }
  }

  private static String sum(String command) {
    return vm.run(command + " 2>/dev/null | sha256sum").substring(0, 64);
  }

  private static void assertWritten(Disk disk, Map<String, ?> fields, String options, String line) {
    try (WriteTrial trial = WriteTrial.of(disk, fields)) {
      vm.attach(trial.uri(Transport.TCP), options);
      vm.run(line);
      vm.detach();
      trial.assertComplete();
    }
  }
}
