package dev.sluice.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.Command;
import dev.sluice.testing.Disks;
import dev.sluice.testing.LeavesNothingBehind;
import dev.sluice.testing.Peers;
import dev.sluice.testing.ReadTrial;
import dev.sluice.testing.Transport;
import dev.sluice.testing.WriteTrial;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** libnbd's Python module as a client that does what it likes. */
@ExtendWith(LeavesNothingBehind.class)
class PythonNbdIT {

  @BeforeAll
  static void requirePeers() {
    Peers.require("nbdsh");
  }

  private static final String CONNECT =
      """
      import nbd, sys
      h = nbd.NBD()
      h.connect_uri(sys.argv[1])
      MIB = 1 << 20
      """;

  @ParameterizedTest
  @EnumSource
  @Shows(ClientRow.PYTHON)
  void writesZeroesTrimsAndFlushes(Transport transport) {
    try (WriteTrial trial = WriteTrial.of(Disks.patchy())) {
      Command.python(
              CONNECT
                  + """
                  with open(sys.argv[2], 'rb') as disk:
                      at = 0
                      while part := disk.read(MIB):
                          if any(part):
                              h.pwrite(part, at)
                          elif at // MIB % 8 < 4:
                              h.zero(len(part), at)
                          else:
                              h.trim(len(part), at)
                              h.zero(len(part), at)
                          at += len(part)
                          if at % (64 * MIB) == 0:
                              h.flush()
                  h.flush()
                  h.shutdown()
                  """,
              trial.uri(transport),
              Disks.patchy().path())
          .run()
          .assertSucceeded();
      trial.assertComplete();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aWriteBelowThePositionFailsAlone(Transport transport) {
    try (WriteTrial trial = WriteTrial.of(Disks.random())) {
      Command.python(
              CONNECT
                  + """
                  import errno
                  with open(sys.argv[2], 'rb') as disk:
                      at = 0
                      while part := disk.read(MIB):
                          h.pwrite(part, at)
                          at += len(part)
                          if at == 100 * MIB:
                              try:
                                  h.pwrite(b'x' * 4096, 50 * MIB)
                                  sys.exit('a write below the position succeeded')
                              except nbd.Error as e:
                                  assert e.errnum == errno.EIO, e
                  h.shutdown()
                  """,
              trial.uri(transport),
              Disks.random().path())
          .run()
          .assertSucceeded();
      assertThat(trial.awaitState("INTERRUPTED").failure()).contains("is below the position");
      trial.finish("{}");
      trial.assertComplete();
    }
  }

  @ParameterizedTest
  @EnumSource
  @Shows(ClientRow.PYTHON)
  void readsOnItsOwnTerms(Transport transport) {
    try (ReadTrial trial = ReadTrial.of(Disks.random())) {
      Command.python(
              CONNECT
                  + """
                  import errno
                  assert h.is_read_only()
                  with open(sys.argv[2], 'wb') as copy:
                      at = 0
                      step = 7
                      while at < h.get_size():
                          step = min(3 * step + 1, 8 * MIB, h.get_size() - at)
                          copy.write(h.pread(step, at))
                          at += step
                          if step == 8 * MIB:
                              try:
                                  h.pread(512, MIB)
                                  sys.exit('a read far below the position succeeded')
                              except nbd.Error as e:
                                  assert e.errnum == errno.EIO, e
                  h.shutdown()
                  """,
              trial.uri(transport),
              trial.copy())
          .run()
          .assertSucceeded();
      trial.assertComplete();
    }
  }
}
