/**
 * What a configuration has to be for the service to start, and how it is said that it is not: the
 * constraints that keys can have besides the standard ones. Knows no properties: keys are found by
 * reflection.
 */
@NullMarked
package dev.sluice.configuration;

import org.jspecify.annotations.NullMarked;
