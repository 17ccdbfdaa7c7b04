/**
 * Requests that get their response later, when an export reaches a state. It must not hold threads
 * of the web server, or know what an export looks like.
 */
@NullMarked
package dev.sluice.api.live;

import org.jspecify.annotations.NullMarked;
