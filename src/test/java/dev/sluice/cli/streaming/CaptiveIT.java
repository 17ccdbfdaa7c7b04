package dev.sluice.cli.streaming;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cli.SluiceShell;
import dev.sluice.testing.Command;
import dev.sluice.testing.Disk;
import dev.sluice.testing.Disks;
import dev.sluice.testing.Folder;
import dev.sluice.testing.Peers;
import dev.sluice.testing.Sha256;
import dev.sluice.testing.Workspace;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole disks through {@code sluice streaming --run}, by real tools in both directions. */
class CaptiveIT {

  private static final int BLOCK = 1 << 16;
  private static final Disk DISK = Disks.random(64L * Disks.MIB);

  private final Path folder = Workspace.newFolder("captive");

  @BeforeAll
  static void requirePeers() {
    Peers.require("qemu-img", "nbdcopy", "fio");
  }

  @BeforeEach
  void makePipe() {
    Folder.makeFifo(folder.resolve("pipe"));
  }

  /** Runs a line; the pipe's reader has ended after it, and has left what it read. */
  private Command.Result write(String line, Object... arguments) {
    return SluiceShell.script(
            folder, "cat pipe > output &\n" + line + "\ncode=$?\nwait\nexit $code", arguments)
        .run();
  }

  /** Runs a line; a disk is in the pipe. */
  private Command.Result read(Disk disk, String line) {
    return SluiceShell.script(
            folder,
            "cat \"$1\" > pipe &\n" + line + "\ncode=$?\nkill $! 2> /dev/null\nexit $code",
            disk.path(),
            disk.size())
        .run();
  }

  private void assertOutputIs(Disk disk) {
    assertThat(Sha256.of(folder.resolve("output"))).isEqualTo(disk.sha256());
  }

  private void makeInput(String format, Disk disk) {
    Command.of("qemu-img", "convert", "-f", "raw", "-O", format, disk.path(), input())
        .run()
        .assertSucceeded();
  }

  private Path input() {
    return folder.resolve("input");
  }

  /** The third example of nbdkit-streaming-plugin(1). */
  @ParameterizedTest
  @ValueSource(strings = {"raw", "qcow2"})
  void qemuImgWritesThePipe(String format) {
    makeInput(format, DISK);

    Command.Result result =
        write(
            """
            sluice -U - streaming write=./pipe \\
                   --run ' qemu-img convert -n input -O raw $nbd '
            """);

    result.assertSucceeded();
    assertThat(result.errors()).isEmpty();
    assertThat(result.output()).isEmpty();
    assertOutputIs(DISK);
  }

  /** The fourth one. There qemu-img says what it says with nbdkit, too, as it has no size. */
  @Test
  void qemuImgCannotReadADiskOfEightExbibytes() {
    Command.Result result =
        read(
            DISK,
            """
            sluice -U - streaming read=./pipe \\
                   --run ' qemu-img convert -f raw $nbd -O qcow2 output.qcow2 '
            """);

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.errors()).contains("Could not resize image", "the stream is WAITING at 0");
  }

  @Test
  void qemuImgReadsThePipe() {
    Command.Result result =
        read(
            DISK,
            """
            sluice -U - streaming read=./pipe size=$2 \\
                   --run ' qemu-img convert -f raw $nbd -O qcow2 output.qcow2 '
            """);

    result.assertSucceeded();
    assertThat(result.errors()).isEmpty();
    Command.of("qemu-img", "convert", "-f", "qcow2", "-O", "raw")
        .with(folder.resolve("output.qcow2"), folder.resolve("output"))
        .run()
        .assertSucceeded();
    assertOutputIs(DISK);
  }

  @Test
  void nbdcopyWritesADiskWithHoles() {
    write(
            "sluice -U - streaming write=./pipe size=$2 --run \"nbdcopy '$1' \\$uri\"",
            Disks.patchy().path(),
            Disks.patchy().size())
        .assertSucceeded();

    assertOutputIs(Disks.patchy());
  }

  /** By TCP, and with an export's name. */
  @Test
  void nbdcopyReadsThePipe() {
    read(DISK, "sluice -p 0 -e vm/1 streaming read=pipe size=$2 --run 'nbdcopy \"$uri\" output'")
        .assertSucceeded();

    assertOutputIs(DISK);
  }

  @Test
  void fioWritesThePipe() {
    write(fio("write=./pipe size=256M", "--rw=write --do_verify=0")).assertSucceeded();

    assertOutputIs(Disks.offsets(BLOCK));
  }

  @Test
  void fioReadsThePipe() {
    read(Disks.offsets(BLOCK), fio("read=./pipe size=$2 --accept-close", "--rw=read --do_verify=1"))
        .assertSucceeded();
  }

  private static String fio(String parameters, String options) {
    return ("sluice -U - streaming %s --run 'fio --name=job --ioengine=nbd --thread=1 --bs=%d"
            + " --size=%d --verify=pattern --verify_pattern=%%o --verify_state_save=0 %s"
            + " --uri=$uri'")
        .formatted(parameters, BLOCK, Disks.MAIN_SIZE, options);
  }

  @Test
  void theDigestIsPrintedAsSha256sumDoes() throws Exception {
    Command.Result result =
        write(
            "sluice -U - streaming write=./pipe --digest=SHA-256 --run \"nbdcopy '$1' \\$uri\"",
            DISK.path());

    result.assertSucceeded();
    assertThat(result.errors()).isEqualTo(DISK.sha256() + "  ./pipe\n");
    Files.writeString(folder.resolve("sums"), result.errors().replace("./pipe", "output"));
    SluiceShell.script(folder, "sha256sum --check sums").run().assertSucceeded();
  }

  /** What is not there yet is made, and removed in the end. */
  @Test
  void aFifoIsMade() {
    SluiceShell.script(
            folder,
            """
            rm pipe
            sluice -U - streaming write=./pipe --run "cat ./pipe > output & nbdcopy '$1' \\$uri"
            """,
            DISK.path())
        .run()
        .assertSucceeded();

    assertThat(folder.resolve("pipe")).doesNotExist();
    assertOutputIs(DISK);
  }
}
