package dev.sluice.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.Command;
import dev.sluice.testing.Disk;
import dev.sluice.testing.Disks;
import dev.sluice.testing.ExportDocument;
import dev.sluice.testing.LeavesNothingBehind;
import dev.sluice.testing.Peers;
import dev.sluice.testing.ReadTrial;
import dev.sluice.testing.Transport;
import dev.sluice.testing.WriteTrial;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What clients can do since there are structured replies: libnbd and qemu as they are here. */
@ExtendWith(LeavesNothingBehind.class)
class ChunksIT {

  private static final String CONNECT =
      """
      import errno, nbd, sys
      h = nbd.NBD()
      h.add_meta_context('base:allocation')
      h.add_meta_context('sluice:stream')
      h.connect_uri(sys.argv[1])
      assert h.get_structured_replies_negotiated()
      MIB = 1 << 20

      def status(count, offset, flags=0):
          found = {}
          def extent(name, offset, entries, err):
              found[name] = list(zip(entries[::2], entries[1::2]))
              return 0
          h.block_status(count, offset, extent, flags)
          return found

      def fails(number, call):
          try:
              call()
          except nbd.Error as e:
              assert e.errnum == number, e
              return
          sys.exit('a request succeeded that has to fail')
      """;

  @BeforeAll
  static void requirePeers() {
    Peers.require("nbdinfo", "nbdsh", "nbdcopy", "qemu-img");
  }

  @ParameterizedTest
  @EnumSource
  void nbdinfoMapsAWriteExportAndTakesNothing(Transport transport) {
    Disk disk = Disks.random();
    try (WriteTrial trial = WriteTrial.of(disk)) {
      assertThat(nbdinfo("--map", trial.uri(transport)).strip())
          .matches("0 +" + disk.size() + " +1 +hole");
      assertThat(nbdinfo("--map=sluice:stream", trial.uri(transport)).strip())
          .matches("0 +" + disk.size() + " +0");
      assertThat(nbdinfo(trial.uri(transport)))
          .contains("using structured packets", "base:allocation", "sluice:stream")
          .contains("description: a stream of " + disk.size() + " bytes, to be written");
      Command.of("nbdcopy", disk.path(), trial.uri(transport)).run().assertSucceeded();
      trial.assertComplete();
    }
  }

  @ParameterizedTest
  @EnumSource
  void nbdinfoAndQemuImgMapAReadExportAndTakeNothing(Transport transport) {
    Disk disk = Disks.random();
    try (ReadTrial trial = ReadTrial.of(disk)) {
      assertThat(nbdinfo("--map", trial.uri(transport)).strip())
          .matches("0 +" + disk.size() + " +0 +data");
      assertThat(
              Command.of("qemu-img", "map", "-f", "raw", "--output=json", trial.uri(transport))
                  .run()
                  .assertSucceeded()
                  .output())
          .contains("\"length\": " + disk.size(), "\"zero\": false, \"data\": true");
      assertThat(trial.now().state()).isEqualTo("WAITING");
      Command.of("nbdcopy", trial.uri(transport), trial.copy()).run().assertSucceeded();
      trial.assertComplete();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aClientThatGoesOnAsksWhere(Transport transport) {
    Disk disk = Disks.random();
    try (WriteTrial trial = WriteTrial.of(disk)) {
      Command.python(
              CONNECT
                  + """
                  with open(sys.argv[2], 'rb') as disk:
                      for at in range(0, 32 * MIB, MIB):
                          h.pwrite(disk.read(MIB), at)
                  sys.exit(0)
                  """,
              trial.uri(transport),
              disk.path())
          .run()
          .assertSucceeded();
      ExportDocument left = trial.awaitState("INTERRUPTED");
      assertThat(left.position()).isEqualTo(32L * Disks.MIB);
      Command.python(
              CONNECT
                  + """
                  length, flags = status(h.get_size(), 0)['sluice:stream'][0]
                  assert flags == 1, flags
                  with open(sys.argv[2], 'rb') as disk:
                      disk.seek(length)
                      while part := disk.read(MIB):
                          h.pwrite(part, disk.tell() - len(part))
                  h.shutdown()
                  """,
              trial.uri(transport),
              disk.path())
          .run()
          .assertSucceeded();
      trial.assertComplete();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aScriptSeesWhatIsWrittenAndWhatIsNot(Transport transport) {
    try (WriteTrial trial = WriteTrial.of(Disks.random())) {
      Command.python(
              CONNECT
                  + """
                  h.pwrite(b'x' * 4096, 8192)
                  h.zero(4096, 16384)
                  assert status(32768, 0) == {
                      'base:allocation':
                          [(8192, 1), (4096, 0), (4096, 1), (4096, 2), (12288, 1)],
                      'sluice:stream':
                          [(8192, 0), (4096, 2), (4096, 0), (4096, 2), (12288, 0)]}, status(32768, 0)
                  assert status(32768, 0, nbd.CMD_FLAG_REQ_ONE)['base:allocation'] == [(8192, 1)]
                  fails(errno.ENOTSUP, lambda: h.zero(MIB, 0, nbd.CMD_FLAG_FAST_ZERO))
                  h.cache(MIB, 0)
                  chunks = []
                  def chunk(data, offset, kind, err):
                      chunks.append((kind, offset, len(data)))
                      return 0
                  h.pread_structured(16384, 0, chunk)
                  assert chunks == [
                      (nbd.READ_HOLE, 0, 8192),
                      (nbd.READ_DATA, 8192, 4096),
                      (nbd.READ_HOLE, 12288, 4096)], chunks
                  chunks.clear()
                  h.pread_structured(16384, 0, chunk, nbd.CMD_FLAG_DF)
                  assert chunks == [(nbd.READ_DATA, 0, 16384)], chunks
                  h.set_strict_mode(0)
                  fails(errno.EINVAL, lambda: status(MIB, h.get_size()))
                  fails(errno.EINVAL, lambda: h.pread(1, h.get_size()))
                  fails(errno.ENOSPC, lambda: h.pwrite(b'x', h.get_size()))
                  fails(errno.EOVERFLOW, lambda: h.pread(33 * MIB, 0))
                  """,
              trial.uri(transport))
          .run()
          .assertSucceeded();
      assertThat(trial.now().position()).isZero();
    }
  }

  @Test
  void aScriptReadsADiskInChunksAndInOnePiece() {
    try (ReadTrial trial = ReadTrial.of(Disks.random())) {
      Command.python(
              CONNECT
                  + """
                  with open(sys.argv[2], 'wb') as copy:
                      at = 0
                      while at < h.get_size():
                          count = min(5 * MIB, h.get_size() - at)
                          whole = at % (10 * MIB) != 0
                          chunks = []
                          def chunk(data, offset, kind, err):
                              chunks.append(len(data))
                              return 0
                          copy.write(h.pread_structured(
                              count, at, chunk, nbd.CMD_FLAG_DF if whole else 0))
                          assert len(chunks) == 1 if whole else max(chunks) <= MIB, chunks
                          at += count
                  h.shutdown()
                  """,
              trial.uri(Transport.TCP),
              trial.copy())
          .run()
          .assertSucceeded();
      trial.assertComplete();
    }
  }

  private static String nbdinfo(Object... arguments) {
    return Command.of("nbdinfo").with(arguments).run().assertSucceeded().output();
  }
}
