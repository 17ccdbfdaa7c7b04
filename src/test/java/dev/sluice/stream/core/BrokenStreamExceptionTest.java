package dev.sluice.stream.core;

import static dev.sluice.testing.FilePaths.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.PosixFiles;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrokenStreamExceptionTest {

  @Test
  void aCallThatFailsForAnotherReasonIsNotThePeersDoing(@TempDir Path folder) {
    ErrnoException missing =
        catchThrowableOfType(
            ErrnoException.class, () -> PosixFiles.openPlace(at(folder.resolve("missing"))));

    assertThat(BrokenStreamException.isByPeer(missing)).isFalse();
  }
}
