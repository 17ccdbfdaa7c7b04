/**
 * HTTP below authentication: what a connection or a request may hold before it is known whose it
 * is. It must not know tokens or roles.
 */
@NullMarked
package dev.sluice.access.http;

import org.jspecify.annotations.NullMarked;
