"""Four small computations with nothing in common."""

from .pace import function


def sieve_primes(n_units):
    for _ in range(n_units):
        composite = bytearray(64)
        for number in range(2, 64):
            if not composite[number]:
                for multiple in range(number * number, 64, number):
                    composite[multiple] = 1


def hash_text(n_units):
    value = 0xCBF29CE484222325
    for _ in range(60 * n_units):
        value = (value ^ 104) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF


def edit_distance(n_units):
    left, right = "backd", "flame"
    for _ in range(n_units):
        row = [0, 1, 2, 3, 4, 5]
        for letter in left:
            diagonal, row[0] = row[0], row[0] + 1
            for at in range(5):
                replaced = diagonal + (letter != right[at])
                diagonal = row[at + 1]
                row[at + 1] = min(replaced, row[at] + 1, diagonal + 1)


def multiply_matrices(n_units):
    left, right = [1.5, 0.5, 2.5], [0.25, 4.0, 8.0]
    for _ in range(n_units):
        product = 0.0
        for x in left:
            for y in right:
                product += x * y


def functions(task):
    shares = task.shares or [0.50, 0.30, 0.15, 0.05]
    shares = [share / sum(shares) for share in shares]
    return [
        function(sieve_primes, shares[0], 4_400.0),
        function(hash_text, shares[1], 5_200.0),
        function(edit_distance, shares[2], 5_500.0),
        function(multiply_matrices, shares[3], 390.0),
    ]
