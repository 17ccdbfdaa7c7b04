/**
 * What a connection or a request may hold before anybody knows whose it is. It must know nothing of
 * tokens or roles.
 */
@NullMarked
package dev.sluice.access.http;

import org.jspecify.annotations.NullMarked;
