/**
 * Requests to a service, and what its answers mean: where it is, whom it trusts, and what it has
 * refused. It knows no command.
 */
@NullMarked
package dev.sluice.cli.remote.http;

import org.jspecify.annotations.NullMarked;
