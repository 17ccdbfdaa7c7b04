/**
 * Who may use the REST API, and how much of it: bearer tokens, roles, failed logins, requests at a
 * time, and where it may listen. It must know nothing of streams or NBD.
 */
@NullMarked
package dev.sluice.access;

import org.jspecify.annotations.NullMarked;
