package dev.sluice.api;

import org.jspecify.annotations.Nullable;

/** The rights of the caller of the current request. Whatever authenticates callers provides it. */
public interface RequestRights {

  /** Permits everything to everybody. */
  RequestRights ALL = () -> true;

  /** Returns the caller's role as a word; null if the caller has to authenticate first. */
  default @Nullable String role() {
    return "operator";
  }

  /**
   * Returns whether the caller may see names and URIs, with which anybody can use exports that have
   * no client rules.
   */
  boolean seesNames();

  /** Returns who the caller is: a token, or everybody if no tokens are needed. */
  default String caller() {
    return "everybody";
  }
}
