/**
 * The HTTP client of a service: its address, trust, requests, and error messages. It knows no
 * command.
 */
@NullMarked
package dev.sluice.cli.remote.http;

import org.jspecify.annotations.NullMarked;
