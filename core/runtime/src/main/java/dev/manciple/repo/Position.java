package dev.manciple.repo;

/**
 * A place in the repository.
 *
 * @param file relative to the repository
 * @param line counted from 1; 0 where the whole file is meant
 */
record Position(String file, int line) implements Comparable<Position> {
    @Override
    public int compareTo(Position other) {
        int byFile = file.compareTo(other.file);
        return byFile == 0 ? Integer.compare(line, other.line) : byFile;
    }

    @Override
    public String toString() {
        return line == 0 ? file : file + ":" + line;
    }
}
