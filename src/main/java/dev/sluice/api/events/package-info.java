/**
 * What becomes of exports, told as it happens to whoever subscribes (Server-Sent Events). It must
 * hold no thread of the web server's, and no stream may wait for it.
 */
@NullMarked
package dev.sluice.api.events;

import org.jspecify.annotations.NullMarked;
