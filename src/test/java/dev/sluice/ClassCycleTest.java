package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * A class that owns another is not known to it. No file refers to one that refers back to it, by
 * whatever detour, except that a sealed type names those that it permits.
 */
class ClassCycleTest {

  @Test
  void noFilesReferToEachOther() {
    JavaClasses classes = ownClasses();
    Map<String, Set<String>> uses = new TreeMap<>();
    for (JavaClass one : classes) {
      Set<String> used = uses.computeIfAbsent(file(one), file -> new TreeSet<>());
      one.getDirectDependenciesFromSelf().stream()
          .map(dependency -> dependency.getTargetClass().getBaseComponentType())
          .filter(target -> target.getPackageName().startsWith("dev.sluice"))
          .filter(target -> !permits(one, target))
          .map(ClassCycleTest::file)
          .filter(target -> !target.equals(file(one)))
          .forEach(used::add);
    }

    assertThat(cycles(uses)).as("files that refer to each other").isEmpty();
  }

  /** Nothing has to be known of what they use of others. */
  private static JavaClasses ownClasses() {
    return ArchConfiguration.withThreadLocalScope(
        configuration -> {
          configuration.setResolveMissingDependenciesFromClassPath(false);
          return new ClassFileImporter(
                  List.of(
                      new ImportOption.DoNotIncludeTests(), new ArchitectureTest.WrittenByHand()))
              .importPackages("dev.sluice");
        });
  }

  @Test
  void aCycleWouldBeSeen() {
    Map<String, Set<String>> uses =
        Map.of(
            "a",
            Set.of("b", "d"),
            "b",
            Set.of("c"),
            "c",
            Set.of("a"),
            "d",
            Set.of("e"),
            "e",
            Set.of());

    assertThat(cycles(uses)).containsExactly(Set.of("a", "b", "c"));
  }

  private static boolean permits(JavaClass parent, JavaClass child) {
    Class<?> type = parent.reflect();
    return type.isSealed() && List.of(type.getPermittedSubclasses()).contains(child.reflect());
  }

  private static String file(JavaClass one) {
    Optional<JavaClass> outer = one.getEnclosingClass();
    return outer.isPresent() ? file(outer.get()) : one.getName();
  }

  /** The strongly connected components of more than one file: R. Tarjan's algorithm. */
  private static List<Set<String>> cycles(Map<String, Set<String>> uses) {
    List<Set<String>> found = new ArrayList<>();
    Tarjan tarjan = new Tarjan(uses, found);
    new TreeSet<>(uses.keySet()).forEach(tarjan::visit);
    return found;
  }

  private static final class Tarjan {
    private final Map<String, Set<String>> uses;
    private final List<Set<String>> found;
    private final Map<String, Integer> index = new HashMap<>();
    private final Map<String, Integer> low = new HashMap<>();
    private final Deque<String> path = new ArrayDeque<>();
    private final Set<String> onPath = new HashSet<>();

    Tarjan(Map<String, Set<String>> uses, List<Set<String>> found) {
      this.uses = uses;
      this.found = found;
    }

    void visit(String file) {
      if (index.containsKey(file)) {
        return;
      }
      index.put(file, index.size());
      low.put(file, index.get(file));
      path.push(file);
      onPath.add(file);
      for (String used : uses.getOrDefault(file, Set.of())) {
        visit(used);
        if (onPath.contains(used)) {
          low.merge(file, low.get(used), Math::min);
        }
      }
      if (low.get(file).equals(index.get(file))) {
        Set<String> component = new TreeSet<>();
        String one;
        do {
          one = path.pop();
          onPath.remove(one);
          component.add(one);
        } while (!one.equals(file));
        if (component.size() > 1) {
          found.add(component);
        }
      }
    }
  }
}
