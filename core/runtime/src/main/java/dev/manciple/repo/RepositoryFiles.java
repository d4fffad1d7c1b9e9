package dev.manciple.repo;

import dev.manciple.error.ConfigException;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.PatternSyntaxException;

/**
 * The files below a repository, in the order of their names. What Feast leaves out is left out: what {@code .feastignore}
 * matches (one glob a line, {@code #} starts a comment), and folders of tools; beyond that everything whose name starts with a
 * dot. Links to folders are not followed.
 */
final class RepositoryFiles {
    private static final String IGNORE_FILE = ".feastignore";

    private final Path root;
    private final List<PathMatcher> ignored;

    private RepositoryFiles(Path root, List<PathMatcher> ignored) {
        this.root = root;
        this.ignored = ignored;
    }

    /** @throws ConfigException if the repository or its ignore file cannot be read */
    static List<Path> below(Path root) {
        List<PathMatcher> ignored = new ArrayList<>();
        ignored.add(path -> path.getFileName().toString().equals("__pycache__"));
        Path ignoreFile = root.resolve(IGNORE_FILE);
        try {
            if (Files.exists(ignoreFile)) {
                for (String line : Files.readAllLines(ignoreFile)) {
                    String glob = line.replaceFirst("#.*", "").strip();
                    if (!glob.isEmpty()) {
                        ignored.add(matcher(root, glob));
                    }
                }
            }
            List<Path> files = new RepositoryFiles(root, ignored).walk();
            Collections.sort(files);
            return files;
        } catch (PatternSyntaxException e) {
            throw new ConfigException(
                    IGNORE_FILE, List.of("'%s' is no glob: %s".formatted(e.getPattern(), e.getDescription())));
        } catch (IOException e) {
            throw new ConfigException(root.toString(), List.of("the repository cannot be read: " + e));
        }
    }

    /** In Feast's globs <code>**</code><code>/</code> also means no folder at all. */
    private static PathMatcher matcher(Path root, String glob) {
        String pattern =
                glob.replaceFirst("^(\\./|/)+", "").replaceFirst("/+$", "").replace("**/", "{,**/}");
        return root.getFileSystem().getPathMatcher("glob:" + pattern);
    }

    private List<Path> walk() throws IOException {
        List<Path> files = new ArrayList<>();
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                return folder.equals(root) || isWanted(folder)
                        ? FileVisitResult.CONTINUE
                        : FileVisitResult.SKIP_SUBTREE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (isWanted(file) && Files.isRegularFile(file)) {
                    files.add(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return files;
    }

    private boolean isWanted(Path path) {
        Path relative = root.relativize(path);
        return !path.getFileName().toString().startsWith(".")
                && ignored.stream().noneMatch(matcher -> matcher.matches(relative));
    }
}
