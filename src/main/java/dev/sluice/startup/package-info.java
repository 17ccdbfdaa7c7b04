/** What makes the service start faster: Spring's ahead-of-time processing, and the JVM's cache. */
@NullMarked
package dev.sluice.startup;

import org.jspecify.annotations.NullMarked;
