package dev.sluice.clients;

import static dev.sluice.clients.ClientRow.Outcome.CANNOT;
import static dev.sluice.clients.ClientRow.Outcome.NEEDS;
import static dev.sluice.clients.ClientRow.Outcome.WORKS;
import static dev.sluice.clients.ClientRow.Use.BOTH;
import static dev.sluice.clients.ClientRow.Use.LOOK;
import static dev.sluice.clients.ClientRow.Use.READ;
import static dev.sluice.clients.ClientRow.Use.WRITE;

import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What is known of real clients. Each is a row of the table in docs/clients.md, which {@link
 * ClientTableTest} compares with {@link #table}. Tests say by {@link Shows} which row they show.
 */
enum ClientRow {
  QEMU_IMG_N("qemu-img convert", "`-n -O raw`", WRITE, WORKS, "in order"),
  QEMU_IMG(
      "qemu-img convert",
      "`-O raw` without `-n`",
      WRITE,
      WORKS,
      "zeroes the first sector on a connection of its own, and then begins again"),
  QEMU_IMG_W(
      "qemu-img convert",
      "`-n -W`",
      WRITE,
      WORKS,
      "out of order: its 8 coroutines are 23 MB ahead, and 80 MB on a busy machine, where"
          + " `\"reorderWindow\": \"256M\"` is safer"),
  QEMU_IMG_W_16(
      "qemu-img convert",
      "`-n -W -m 16`",
      WRITE,
      NEEDS,
      "`\"reorderWindow\": \"256M\"`. It has been 73 MB ahead on a busy machine"),
  QEMU_IMG_TARGET_IS_ZERO(
      "qemu-img convert",
      "`-n --target-is-zero`",
      WRITE,
      NEEDS,
      "`finish` with `{\"pad\": \"zero\"}` after it: what it skipped looks like what it could not"
          + " read. With `padTail` you need no `finish`, but a copy that failed counts as complete,"
          + " because `qemu-img` says goodbye then, too"),
  QEMU_IMG_QCOW2(
      "qemu-img convert",
      "`-O qcow2`",
      WRITE,
      CANNOT,
      "it reads back and rewrites what it wrote, which is refused. With `-n` it finds no qcow2 and"
          + " writes nothing"),
  BACKUP(
      "blockdev-backup",
      "`sync=full`",
      WRITE,
      WORKS,
      "begins backwards, from 6 MiB to 0, and is up to 20 MB ahead. `blockdev-del` is the goodbye"),
  MIRROR(
      "blockdev-mirror",
      "`sync=full`",
      WRITE,
      WORKS,
      "if nobody writes the disk meanwhile. Not onto a target with `discard=unmap`: it zeroes"
          + " all of that first, so its data is refused"),
  NBDCOPY("nbdcopy", "from a file", WRITE, WORKS, "in order, with `--flush` or without"),
  NBDCOPY_PIPE("nbdcopy", "`--synchronous`, or from a pipe", WRITE, WORKS, "in order"),
  NBDCOPY_NBD(
      "nbdcopy",
      "from an NBD server, an export too",
      WRITE,
      WORKS,
      "64 requests at a time, ahead by 7 to 29 MB"),
  NBDCOPY_CONNECTIONS(
      "nbdcopy",
      "`--connections=4`",
      BOTH,
      WORKS,
      "uses one, because exports do not offer several (`can_multi_conn`)"),
  NBDCOPY_DESTINATION_IS_ZERO(
      "nbdcopy",
      "`--destination-is-zero`",
      WRITE,
      NEEDS,
      "`padTail` if the disk ends in zeroes, which it skips. It says no goodbye when it fails"),
  LINUX(
      "Linux's `nbd-client`",
      "`dd` onto the device, direct or buffered",
      WRITE,
      WORKS,
      "in order, even with more data than the machine has memory. `nbd-client -d` is the goodbye"),
  LINUX_UNORDERED(
      "Linux's `nbd-client`",
      "several writers, or writes in any order",
      WRITE,
      NEEDS,
      "a `reorderWindow` as large as they are ahead: half of the disk for two `dd` on its halves."
          + " Each place can be written once. Beyond the window the stream is FAILED"),
  LINUX_FILE_SYSTEM(
      "Linux's `nbd-client`",
      "`mkfs.ext4`, `mount`, files, `umount`",
      WRITE,
      NEEDS,
      "a `headWindow` of the disk's size, because everything stays in memory until the goodbye,"
          + " and `padTail` for the blocks that the file system does not write"),
  QEMU_IMG_READS("qemu-img convert", "with `-f raw` or without", READ, WORKS, "in order"),
  QEMU_IMG_FORMATS(
      "qemu-img convert",
      "an image, through the driver of its format (qcow2, vhdx, vpc, LUKS)",
      READ,
      NEEDS,
      "`acceptUnread`, or `finish` with `{\"unread\": \"accept\"}`: it does"
          + " not read the whole image"),
  QEMU_IMG_RECONNECTS(
      "qemu-img convert",
      "`-n`, `reconnect-delay=30`, with connections that are cut",
      WRITE,
      WORKS,
      "sends again what was cut. Sluice takes a request at 0 again only with `resumeWindow`:"
          + " it may as well be another disk"),
  QEMU_IMG_RECONNECTS_READING(
      "qemu-img convert",
      "`reconnect-delay=30`, with connections that are cut",
      READ,
      NEEDS,
      "`\"resumeWindow\": \"32M\"`, and `finish` with `{\"unread\": \"accept\"}` after it: a client"
          + " that was cut off did not say goodbye"),
  NBDCOPY_READS("nbdcopy", "into a file or a pipe", READ, WORKS, "in order"),
  LINUX_READS("Linux's `nbd-client`", "`dd` from the device", READ, WORKS, "in order"),
  QEMU_IO("qemu-io", "", BOTH, WORKS, "as the commands say"),
  FIO("fio", "`ioengine=nbd`, sequential", WRITE, WORKS, "in order, also with `iodepth=16`"),
  FIO_READS(
      "fio",
      "`ioengine=nbd`, sequential",
      READ,
      NEEDS,
      "`acceptClose`: it closes its connection without a goodbye"),
  FIO_JOBS(
      "fio",
      "`ioengine=nbd`, `numjobs=4`, `offset_increment`",
      WRITE,
      NEEDS,
      "a `reorderWindow` as large as the jobs are apart: three quarters of the disk"),
  PYTHON(
      "Python, `import nbd`", "", BOTH, WORKS, "as the script says; `h.shutdown()` is the goodbye"),
  NBDKIT("nbdkit's nbd plugin", "as a proxy", BOTH, WORKS, ""),
  NBDKIT_MULTI_CONN(
      "nbdkit's nbd plugin",
      "with `multi-conn-mode=unsafe`, `nbdcopy --connections=4` before it",
      BOTH,
      NEEDS,
      "a `reorderWindow` of 384 MiB: each connection has 128 MiB of its own. For reading,"
          + " `acceptClose` too: not all of them say goodbye"),
  NBDFUSE("nbdfuse", "`dd conv=notrunc`", WRITE, WORKS, "in order"),
  NBDFUSE_READS(
      "nbdfuse", "`cat`", READ, NEEDS, "`acceptClose`: it closes its connection without a goodbye"),
  NBDINFO(
      "nbdinfo",
      "",
      LOOK,
      WORKS,
      "reads 8 KiB, so it completes a read export of at most that size; `--size` does not."
          + " `--list` shows the exports with `\"listed\": true`"),
  QEMU_IMG_INFO(
      "qemu-img info",
      "",
      LOOK,
      WORKS,
      "reads 512 bytes, so it completes a read export of at most that size"),
  NBD_CLIENT("nbd-client", "`-l`", LOOK, NEEDS, "`\"listed\": true`"),
  BLKID_WRITE("blkid, through nbdfuse", "at a write export", LOOK, WORKS, "sees zeroes"),
  BLKID_READ(
      "blkid, through nbdfuse",
      "at a read export",
      LOOK,
      NEEDS,
      "`\"headWindow\": \"16M\", \"reorderWindow\": 0`. It reads beyond 4 MiB and at the end."
          + " Without these fields it consumes the stream"),
  LINUX_BLKID("blkid, through Linux's `nbd-client`", "at a read export", LOOK, NEEDS, "the same");

  /** What a client does with an export. */
  enum Use {
    WRITE("writes"),
    READ("reads"),
    BOTH("writes, reads"),
    LOOK("looks");

    private final String cell;

    Use(String cell) {
      this.cell = cell;
    }
  }

  /** What comes of it. */
  enum Outcome {
    WORKS("works"),
    NEEDS("works with"),
    CANNOT("cannot be streamed");

    private final String cell;

    Outcome(String cell) {
      this.cell = cell;
    }
  }

  private final String client;
  private final String options;
  private final Use use;
  private final Outcome outcome;
  private final String note;

  ClientRow(String client, String options, Use use, Outcome outcome, String note) {
    this.client = client;
    this.options = options;
    this.use = use;
    this.outcome = outcome;
    this.note = note;
  }

  /** All rows as a table in Markdown. */
  static String table() {
    return Stream.of(values())
        .map(ClientRow::line)
        .collect(
            Collectors.joining(
                "\n",
                "| client | how | does what | outcome | notes |\n|---|---|---|---|---|\n",
                "\n"));
  }

  private String line() {
    return "| %s | %s | %s | %s | %s |".formatted(client, options, use.cell, outcome.cell, note);
  }
}
