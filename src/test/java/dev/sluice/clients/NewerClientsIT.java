package dev.sluice.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.Command;
import dev.sluice.testing.Disk;
import dev.sluice.testing.Disks;
import dev.sluice.testing.LeavesNothingBehind;
import dev.sluice.testing.NewerClients;
import dev.sluice.testing.ReadTrial;
import dev.sluice.testing.StorageDaemon;
import dev.sluice.testing.Transport;
import dev.sluice.testing.WriteTrial;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** libnbd 1.22 and qemu 10, which agree on extended headers. */
@ExtendWith(LeavesNothingBehind.class)
class NewerClientsIT {

  @BeforeAll
  static void requirePeers() throws Exception {
    NewerClients.require();
  }

  @Test
  void nbdinfoAgreesOnExtendedHeaders() {
    try (WriteTrial trial = WriteTrial.of(Disks.random())) {
      Object uri = trial.uri(Transport.TCP);
      assertThat(output(NewerClients.of("nbdinfo", uri)))
          .contains("using extended packets", "base:allocation", "sluice:stream");
      assertThat(output(NewerClients.of("nbdinfo", "--map", uri)).strip())
          .matches("0 +" + Disks.random().size() + " +1 +hole");
      assertThat(output(NewerClients.of("nbdinfo", "--can", "fast-zero", uri))).isEmpty();
      NewerClients.of("nbdcopy", Disks.random().path(), uri).run().assertSucceeded();
      trial.assertComplete();
    }
  }

  @Test
  void nbdcopyWritesADiskWithHoles() {
    try (WriteTrial trial = WriteTrial.of(Disks.patchy())) {
      NewerClients.of("nbdcopy", Disks.patchy().path(), trial.uri(Transport.TCP))
          .run()
          .assertSucceeded();
      trial.assertComplete();
    }
  }

  @Test
  @Shows(ClientRow.NBDCOPY_READS)
  void nbdcopyReadsADisk() {
    try (ReadTrial trial = ReadTrial.of(Disks.random())) {
      NewerClients.of("nbdcopy", trial.uri(Transport.TCP), trial.copy()).run().assertSucceeded();
      trial.assertComplete();
    }
  }

  @Test
  @Shows(ClientRow.QEMU_IMG_N)
  void qemuImgConvertsOntoAnExport() {
    convertsOnto("-n");
  }

  @Test
  @Shows(ClientRow.QEMU_IMG)
  void qemuImgConvertsOntoAnExportThatItMeansToCreate() {
    convertsOnto();
  }

  @ParameterizedTest
  @ValueSource(strings = {"directsync", "writethrough"})
  @Shows(ClientRow.QEMU_IMG_W)
  void qemuImgConvertsOutOfOrderInACacheModeThatWritesThrough(String mode) {
    convertsOnto("-n", "-W", "-t", mode);
  }

  private static void convertsOnto(Object... options) {
    try (WriteTrial trial = WriteTrial.of(Disks.sparse(Disks.GIB))) {
      NewerClients.of("qemu-img", "convert", "-f", "raw", "-O", "raw")
          .with(options)
          .with(Disks.sparse(Disks.GIB).path(), trial.uri(Transport.TCP))
          .run()
          .assertSucceeded();
      trial.assertComplete();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"blockdev-backup", "blockdev-mirror"})
  @Shows({ClientRow.BACKUP, ClientRow.MIRROR})
  void aBlockJobArrives(String job) {
    Disk disk = Disks.patchy();
    try (WriteTrial trial = WriteTrial.of(disk);
        StorageDaemon qemu = StorageDaemon.start(NewerClients.of("qemu-storage-daemon"))) {
      qemu.openTarget(trial.uri(Transport.TCP), Map.of());
      qemu.begin(job, StorageDaemon.file(disk));
      assertThat(qemu.awaitEnd()).isEmpty();
      qemu.closeTarget();
      trial.assertComplete();
    }
  }

  @Test
  @Shows(ClientRow.QEMU_IMG_READS)
  void qemuImgConvertsFromAnExport() {
    try (ReadTrial trial = ReadTrial.of(Disks.random())) {
      NewerClients.of("qemu-img", "convert", "-O", "raw", trial.uri(Transport.TCP), trial.copy())
          .run()
          .assertSucceeded();
      trial.assertComplete();
    }
  }

  @Test
  void zeroesOf64BitsAndBlockStatusOfSomeContexts() {
    try (WriteTrial trial = WriteTrial.withoutSize(Disks.random())) {
      NewerClients.python(
              """
              import errno, nbd, sys
              h = nbd.NBD()
              h.add_meta_context('base:allocation')
              h.add_meta_context('sluice:stream')
              h.connect_uri(sys.argv[1])
              assert h.get_extended_headers_negotiated()
              assert h.can_block_status_payload()
              TIB = 1 << 40

              def status(*names, count=4 * TIB, offset=0):
                  found = {}
                  def extent(name, offset, entries, err):
                      found[name] = [tuple(entry) for entry in entries]
                      return 0
                  if names:
                      h.block_status_filter(count, offset, list(names), extent)
                  else:
                      h.block_status_64(count, offset, extent)
                  return found

              try:
                  h.zero(TIB, TIB, nbd.CMD_FLAG_FAST_ZERO)
                  sys.exit('a fast zero succeeded')
              except nbd.Error as e:
                  assert e.errnum == errno.ENOTSUP, e
              h.zero(TIB, TIB)
              assert status() == {
                  'base:allocation': [(TIB, 1), (TIB, 2), (2 * TIB, 1)],
                  'sluice:stream': [(TIB, 0), (TIB, 2), (2 * TIB, 0)]}, status()
              assert status('sluice:stream', count=512) == {'sluice:stream': [(512, 0)]}
              h.trim(TIB, TIB)
              h.cache(TIB, TIB)
              """,
              trial.uri(Transport.TCP))
          .run()
          .assertSucceeded();
      trial.awaitState("WAITING");
    }
  }

  @Test
  void aDiskWithoutASizeIsMappedAtOnce() {
    try (WriteTrial trial = WriteTrial.withoutSize(Disks.random())) {
      Object uri = trial.uri(Transport.TCP);
      assertThat(output(NewerClients.of("timeout", 20, "nbdinfo", "--map", uri)).strip())
          .matches("0 +" + ((1L << 63) - (1L << 30)) + " +1 +hole");
      assertThat(output(NewerClients.of("timeout", 20, "qemu-img", "map", "-f", "raw", uri)))
          .contains("Offset");
      trial.awaitState("WAITING");
    }
  }

  @Test
  void readsComeInChunksOrInOnePiece() {
    try (ReadTrial trial = ReadTrial.of(Disks.random())) {
      NewerClients.python(
              """
              import nbd, sys
              h = nbd.NBD()
              h.connect_uri(sys.argv[1])
              MIB = 1 << 20
              with open(sys.argv[2], 'wb') as copy:
                  at = 0
                  while at < h.get_size():
                      count = min(5 * MIB, h.get_size() - at)
                      flags = nbd.CMD_FLAG_DF if at % (10 * MIB) else 0
                      chunks = []
                      def chunk(data, offset, status, err):
                          assert status == nbd.READ_DATA
                          chunks.append(offset)
                          return 0
                      copy.write(h.pread_structured(count, at, chunk, flags))
                      assert len(chunks) == 1 if flags else len(chunks) > 1 or count <= MIB, chunks
                      at += count
              h.shutdown()
              """,
              trial.uri(Transport.TCP), trial.copy())
          .run()
          .assertSucceeded();
      trial.assertComplete();
    }
  }

  private static String output(Command command) {
    return command.run().assertSucceeded().output();
  }
}
