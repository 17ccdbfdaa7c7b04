package dev.sluice.testing;

import java.nio.file.Path;

/** A running service. */
public interface Sluice {

  /** Its REST API. */
  ExportsApi api();

  /** Whether it is there to be asked. */
  boolean isRunning();

  /** The folder below which endpoints may live. */
  Path root();
}
