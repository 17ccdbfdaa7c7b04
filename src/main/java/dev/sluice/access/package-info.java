/**
 * Who may use the REST API, and how much of it: bearer tokens, roles, failed logins, concurrent
 * requests, and where it may listen. It must not know streams or NBD.
 */
@NullMarked
package dev.sluice.access;

import org.jspecify.annotations.NullMarked;
