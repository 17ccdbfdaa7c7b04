/** Formats exports for people and programs: tables, progress, JSON. It sends no requests. */
@NullMarked
package dev.sluice.cli.remote.view;

import org.jspecify.annotations.NullMarked;
