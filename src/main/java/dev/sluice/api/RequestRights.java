package dev.sluice.api;

import org.jspecify.annotations.Nullable;

/** Knows what whoever sends the current request may learn; whoever asks for tokens provides it. */
public interface RequestRights {

  /** Everybody may learn everything. */
  RequestRights ALL = () -> true;

  /** The word of the role that it has; null if it has to say first who it is. */
  default @Nullable String role() {
    return "operator";
  }

  /** Whether it may learn names and URIs, by which anybody can use exports without a rule. */
  boolean seesNames();

  /** Whose request it is: a token's, or everybody's where nobody is asked for one. */
  default String caller() {
    return "everybody";
  }
}
