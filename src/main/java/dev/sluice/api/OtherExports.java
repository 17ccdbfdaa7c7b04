package dev.sluice.api;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The exports that this service shares with other pods. Thread-safe and non-blocking. */
public interface OtherExports {

  /** Shares no exports. */
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
          // nothing changes
        }
      };

  /** Returns the name of this pod; null if it shares its exports with nobody. */
  @Nullable String pod();

  /** Returns all shared exports that are known now, by id, including those of this service. */
  Map<String, OtherExport> known();

  /** Adds a listener, which is called on each change and must not block. */
  void onChange(Runnable listener);
}
