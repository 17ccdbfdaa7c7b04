/**
 * {@code sluice} as a client of a service: a class for each command. It knows the REST API as every
 * client does, by what docs/rest.md says, and nothing of the service's classes.
 */
@NullMarked
package dev.sluice.cli.remote;

import org.jspecify.annotations.NullMarked;
