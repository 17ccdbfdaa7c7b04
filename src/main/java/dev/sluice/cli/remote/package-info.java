/**
 * {@code sluice} as a client of a service: one class for each command. It knows the REST API only
 * from docs/rest.md, as every client does, and none of the service's classes.
 */
@NullMarked
package dev.sluice.cli.remote;

import org.jspecify.annotations.NullMarked;
