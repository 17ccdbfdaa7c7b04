/**
 * Sends the events of exports to subscribers (Server-Sent Events). It must not hold threads of the
 * web server, and streams must not wait for it.
 */
@NullMarked
package dev.sluice.api.events;

import org.jspecify.annotations.NullMarked;
