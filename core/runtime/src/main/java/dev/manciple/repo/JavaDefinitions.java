package dev.manciple.repo;

import dev.manciple.model.Definition;
import dev.manciple.spi.FeatureFunction;
import dev.manciple.spi.FeatureRepository;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.ToolProvider;

/**
 * Finds the {@code FeatureRepository} classes of a repository: those of its {@code .java} files, compiled in memory with the
 * class path of this process, and compiled ones by name.
 */
final class JavaDefinitions {
    /** @param at the file, or the place of the name */
    record Repository(List<Definition> definitions, Position at) {}

    private final Path root;
    private final ClassLoader parent;
    private final Problems problems;
    private final List<FeatureFunction> functions = new ArrayList<>();

    JavaDefinitions(Path root, ClassLoader parent, Problems problems) {
        this.root = root;
        this.parent = parent;
        this.problems = problems;
    }

    /** What the compiled files offer on demand views. */
    List<FeatureFunction> functions() {
        return List.copyOf(functions);
    }

    /** Compiles the files that speak of repositories or functions, with what they use, and asks their classes. */
    List<Repository> compile(List<Path> files) {
        List<Path> sources = files.stream().filter(this::isSource).toList();
        if (sources.isEmpty()) {
            return List.of();
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        if (compiler == null) {
            sources.forEach(
                    source -> problems.add(
                            at(source),
                            "Java definitions need a JDK, this is a Java runtime without a compiler: run with a JDK, or compile the class and name it under 'definitions' in feature_store.yaml"));
            return List.of();
        }
        return compile(compiler, sources);
    }

    private List<Repository> compile(JavaCompiler compiler, List<Path> sources) {
        DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
        try (CompiledClasses compiled =
                new CompiledClasses(compiler.getStandardFileManager(diagnostics, Locale.ROOT, null), parent)) {
            List<String> options = List.of(
                    "-proc:none", "-classpath", System.getProperty("java.class.path"), "-sourcepath", root.toString());
            boolean good = compiler.getTask(null, compiled, diagnostics, options, null, compiled.sources(sources))
                    .call();
            if (!good) {
                diagnostics.getDiagnostics().stream()
                        .filter(diagnostic -> diagnostic.getKind() == Diagnostic.Kind.ERROR)
                        .forEach(this::refuse);
                return List.of();
            }
            return compiled.load().stream()
                    .flatMap(loaded -> repository(loaded.type(), at(loaded.source())).stream())
                    .toList();
        } catch (IOException e) {
            problems.add(new Position(root.toString(), 0), "Java definitions cannot be compiled: " + e);
            return List.of();
        }
    }

    private void refuse(Diagnostic<? extends JavaFileObject> diagnostic) {
        JavaFileObject source = diagnostic.getSource();
        Position at = source == null
                ? new Position("Java definitions", 0)
                : new Position(Definitions.relative(root, Path.of(source.toUri())), (int) diagnostic.getLineNumber());
        problems.add(at, diagnostic.getMessage(Locale.ROOT));
    }

    /** Asks compiled classes by name. */
    List<Repository> named(List<String> classNames, String configFile) {
        List<Repository> repositories = new ArrayList<>();
        for (String className : classNames) {
            Position at = new Position(configFile, 0);
            try {
                Class<?> type = Class.forName(className, false, parent);
                if (FeatureRepository.class.isAssignableFrom(type)) {
                    repository(type, at).ifPresent(repositories::add);
                } else {
                    problems.add(
                            at, "definitions: class '%s' does not implement FeatureRepository".formatted(className));
                }
            } catch (ClassNotFoundException | LinkageError e) {
                problems.add(
                        at,
                        "definitions: class '%s' is not on the class path, or something it needs is not (%s)"
                                .formatted(className, e));
            }
        }
        return repositories;
    }

    private Optional<Repository> repository(Class<?> type, Position at) {
        boolean isRepository = FeatureRepository.class.isAssignableFrom(type);
        if (Modifier.isAbstract(type.getModifiers())
                || (!isRepository && !FeatureFunction.class.isAssignableFrom(type))) {
            return Optional.empty();
        }
        try {
            Object made = type.getConstructor().newInstance();
            if (made instanceof FeatureFunction function) {
                functions.add(function);
            }
            return made instanceof FeatureRepository repository
                    ? Optional.of(new Repository(List.copyOf(repository.definitions()), at))
                    : Optional.empty();
        } catch (NoSuchMethodException | IllegalAccessException | InstantiationException e) {
            problems.add(
                    at,
                    "class %s must be public with a public constructor without parameters".formatted(type.getName()));
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            problems.add(at, "class %s failed: %s".formatted(type.getName(), cause));
        }
        return Optional.empty();
    }

    private boolean isSource(Path file) {
        if (!file.getFileName().toString().endsWith(".java")) {
            return false;
        }
        try {
            String text = Files.readString(file);
            return text.contains(FeatureRepository.class.getSimpleName())
                    || text.contains(FeatureFunction.class.getSimpleName());
        } catch (IOException e) {
            problems.add(at(file), "cannot be read: " + e.getMessage());
            return false;
        }
    }

    private Position at(Path file) {
        return new Position(Definitions.relative(root, file), 0);
    }
}
