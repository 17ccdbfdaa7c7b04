package dev.sluice.api;

/** Knows what whoever sends the current request may learn; whoever asks for tokens provides it. */
public interface RequestRights {

  /** Everybody may learn everything. */
  RequestRights ALL = () -> true;

  /** Whether it may learn names and URIs, by which anybody can use exports without a rule. */
  boolean seesNames();

  /** Whose request it is: a token's, or everybody's where nobody is asked for one. */
  default String caller() {
    return "everybody";
  }
}
