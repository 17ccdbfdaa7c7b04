package dev.sluice.stream.bytes;

import dev.sluice.posix.LeakCheck;
import dev.sluice.stream.StreamSettings;
import dev.sluice.stream.window.WindowMemory;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A stream of 3 MiB whose window holds two of them, and the memory for all windows. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
abstract class HeldMemory {

  static final int MIB = 1 << 20;
  static final Duration NEVER = Duration.ZERO;

  @RegisterExtension final LeakCheck leaks = new LeakCheck();

  final byte[] data = Bytes.random(3 * MIB);
  final WindowMemory memory = new WindowMemory(8L * MIB);

  static StreamSettings settings(Duration idle, Duration resume) {
    return Rig.settings(3 * MIB, 2 * MIB, NEVER, idle, resume);
  }

  final void write(TestClient client, int from, int to) throws IOException {
    client.write(from, Bytes.part(data, from, to));
  }
}
