/**
 * Requests that are answered later, when something has become of an export. It must hold no thread
 * of the web server's, and not know what an export looks like.
 */
@NullMarked
package dev.sluice.api.live;

import org.jspecify.annotations.NullMarked;
