package dev.sluice.api;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The exports that this service shares with others; whoever knows of them provides it. Thread-safe,
 * and waits for nothing.
 */
public interface OtherExports {

  /** There are none. */
  OtherExports NONE =
      new OtherExports() {
        @Override
        public @Nullable String pod() {
          return null;
        }

        @Override
        public Map<String, OtherExport> known() {
          return Map.of();
        }

        @Override
        public void onChange(Runnable listener) {
          // there is never any
        }
      };

  /** Where this service runs; null if it shares its exports with nobody. */
  @Nullable String pod();

  /** All of them by their ids as they are known now, those that this service has included. */
  Map<String, OtherExport> known();

  /** Has somebody told of each change, who must not wait. */
  void onChange(Runnable listener);
}
