package dev.sluice.configuration;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.util.Assert;

/** The keys that properties records are bound from, derived from their components. */
final class KnownKeys {

  /** The edit distance up to which a name counts as a misspelt key. */
  private static final int NEAR = 2;

  private enum Form {
    VALUE,
    LIST,
    MAP
  }

  private final Map<ConfigurationPropertyName, Form> keys = new HashMap<>();

  /** Names that have keys below them, such as {@code sluice.nbd.tls}. */
  private final Set<ConfigurationPropertyName> groups = new HashSet<>();

  /** The names of the environment variables that Spring Boot binds to the keys. */
  private final Map<String, Form> variables = new HashMap<>();

  /**
   * Returns the keys of these records, each with {@link ConfigurationProperties} and its prefix.
   */
  static KnownKeys of(Collection<Class<?>> records) {
    KnownKeys known = new KnownKeys();
    for (Class<?> type : records) {
      known.addAll(
          ConfigurationPropertyName.of(type.getAnnotation(ConfigurationProperties.class).value()),
          type);
    }
    return known;
  }

  private void addAll(ConfigurationPropertyName prefix, Class<?> type) {
    Assert.state(type.isRecord(), () -> type + " is no record, so nobody knows its keys");
    for (ConfigurationPropertyName group = prefix; !group.isEmpty(); group = group.getParent()) {
      groups.add(group);
    }
    for (RecordComponent component : type.getRecordComponents()) {
      ConfigurationPropertyName key =
          prefix.append(DataObjectPropertyName.toDashedForm(component.getName()));
      if (component.getType().isRecord()) {
        addAll(key, component.getType());
      } else {
        add(key, form(component.getType()));
      }
    }
  }

  private void add(ConfigurationPropertyName key, Form form) {
    keys.put(key, form);
    variables.put(variable(key), form);
    variables.put(variable(key.toString().replace('-', '_')), form);
  }

  private static Form form(Class<?> type) {
    if (Map.class.isAssignableFrom(type)) {
      return Form.MAP;
    }
    return Collection.class.isAssignableFrom(type) || type.isArray() ? Form.LIST : Form.VALUE;
  }

  /** Returns all keys. */
  Set<ConfigurationPropertyName> all() {
    return Set.copyOf(keys.keySet());
  }

  /** Returns the environment variable that sets a key. */
  static String variable(ConfigurationPropertyName key) {
    return variable(key.toString().replace("-", ""));
  }

  private static String variable(String key) {
    return key.replace('.', '_').toUpperCase(Locale.ROOT);
  }

  /** Returns whether this name is a key, or an element of a list or a map. */
  boolean has(ConfigurationPropertyName name) {
    if (keys.containsKey(name)) {
      return true;
    }
    if (keys.get(name.getParent()) == Form.LIST && isIndex(name)) {
      return true;
    }
    for (ConfigurationPropertyName above = name; !above.isEmpty(); above = above.getParent()) {
      if (keys.get(above) == Form.MAP) {
        return true;
      }
    }
    return false;
  }

  private static boolean isIndex(ConfigurationPropertyName name) {
    String last =
        name.getElement(name.getNumberOfElements() - 1, ConfigurationPropertyName.Form.ORIGINAL);
    return last.chars().allMatch(Character::isDigit);
  }

  /** Returns whether keys are below this name, so that it may be present without a value. */
  boolean hasGroup(ConfigurationPropertyName name) {
    return groups.contains(name);
  }

  /** Returns whether a key is bound from an environment variable of this name. */
  boolean hasVariable(String name) {
    String listed = name.replaceFirst("_\\d+_?$", "");
    return variables.containsKey(name)
        || (!listed.equals(name) && variables.get(listed) == Form.LIST)
        || variables.entrySet().stream()
            .anyMatch(
                variable ->
                    variable.getValue() == Form.MAP && name.startsWith(variable.getKey() + "_"));
  }

  /** Returns whether this name is probably a misspelt key. */
  boolean hasNear(ConfigurationPropertyName name) {
    return distance(letters(name), letters(nearest(name))) <= NEAR;
  }

  /** Returns the key that is most similar to this name; one of the group if it names a group. */
  ConfigurationPropertyName nearest(ConfigurationPropertyName name) {
    String letters = letters(name);
    return keys.keySet().stream()
        .filter(key -> !groups.contains(name) || name.isAncestorOf(key))
        .min(
            Comparator.<ConfigurationPropertyName>comparingInt(
                    key -> distance(letters, letters(key)))
                .thenComparing(ConfigurationPropertyName::toString))
        .orElseThrow();
  }

  /**
   * Returns the keys and groups, in alphabetical order, of the group that this name is in, or is.
   */
  List<ConfigurationPropertyName> siblings(ConfigurationPropertyName name) {
    ConfigurationPropertyName group = name;
    while (!groups.contains(group)) {
      group = group.getParent();
    }
    ConfigurationPropertyName parent = group;
    List<ConfigurationPropertyName> siblings = new ArrayList<>(keys.keySet());
    siblings.addAll(groups);
    siblings.removeIf(key -> !parent.isParentOf(key));
    siblings.sort(Comparator.comparing(ConfigurationPropertyName::toString));
    return siblings;
  }

  /** Removes separators, which people get wrong first. */
  private static String letters(ConfigurationPropertyName name) {
    return name.toString().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
  }

  /** Computes the Levenshtein distance. */
  private static int distance(String from, String to) {
    int[] row = new int[to.length() + 1];
    for (int j = 0; j <= to.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[to.length()];
  }
}
