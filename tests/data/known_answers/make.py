"""Known answers from the definitions; see README.md."""
import hashlib
import json
import pathlib

here = pathlib.Path(__file__).parent
source = json.loads((here / "../wycheproof/rsa_oaep_2048_sha1_mgf1sha1.json").read_text())
group = source["testGroups"][0]
n, e, d = (int(group["privateKey"][name], 16) for name in ("modulus", "publicExponent", "privateExponent"))
k = (n.bit_length() + 7) // 8


def raw(block, exponent):
    return pow(int.from_bytes(block, "big"), exponent, n).to_bytes(k, "big")


def filler(size):  # no zero octets, as PS wants it
    return bytes(1 + i % 255 for i in range(size))


def mgf1(seed, size):  # RFC 8017 appendix B.2.1
    out = b"".join(hashlib.sha256(seed + i.to_bytes(4, "big")).digest() for i in range(size // 32 + 1))
    return out[:size]


def xor(a, b):
    return bytes(x ^ y for x, y in zip(a, b))


def oaep(message, first=0, label=b"", separator=1):  # RFC 8017 section 7.1.1
    padding = bytes(k - len(message) - 66)
    db = hashlib.sha256(label).digest() + padding + bytes([separator]) + message
    seed = hashlib.sha256(b"seed" + message).digest()
    masked_db = xor(db, mgf1(seed, len(db)))
    return bytes([first]) + xor(seed, mgf1(masked_db, 32)) + masked_db


def type_2(message, head=b"\0\2"):  # RFC 8017 section 7.2.1
    return head + filler(k - 3 - len(message)) + b"\0" + message


def encrypted(alg, comment, block, message=None):
    case = {"alg": alg, "comment": comment, "ciphertext": raw(block, e).hex()}
    return case | ({} if message is None else {"plaintext": message.hex()})


decrypt = []
for message in (b"", b"x", filler(16), filler(k - 11)):
    decrypt.append(encrypted("RSA1_5", f"{len(message)} octets", type_2(message), message))
for message in (b"", b"x", filler(32), filler(k - 66)):
    decrypt.append(encrypted("RSA-OAEP-256", f"{len(message)} octets", oaep(message), message))
secret = filler(16)
decrypt += [
    encrypted("RSA1_5", "block type 1", type_2(secret, b"\0\1")),
    encrypted("RSA1_5", "block type 0", type_2(secret, b"\0\0")),
    encrypted("RSA1_5", "leading octet 1", type_2(secret, b"\1\2")),
    encrypted("RSA1_5", "no zero octet after the padding", b"\0\2" + filler(k - 2)),
    encrypted("RSA1_5", "padding of 7 octets", b"\0\2" + filler(7) + b"\0" + filler(k - 10)),
    encrypted("RSA1_5", "no padding", b"\0\2\0" + filler(k - 3)),
    encrypted("RSA-OAEP-256", "leading octet 1", oaep(secret, first=1)),
    encrypted("RSA-OAEP-256", "another label", oaep(secret, label=b"x")),
    encrypted("RSA-OAEP-256", "separator 2", oaep(secret, separator=2)),
    encrypted("RSA-OAEP-256", "block of RSA1_5", type_2(secret)),
    encrypted("RSA1_5", "block of RSA-OAEP-256", oaep(secret)),
]

rsnull = []
for message in (b"", b"x", filler(20), filler(k - 11)):
    block = b"\0\1" + b"\xff" * (k - 3 - len(message)) + b"\0" + message
    rsnull.append({"digest": message.hex(), "signature": raw(block, d).hex()})

# SEC 2 sections 2.4.1, 2.5.1: p, a, order, generator
curves = {
    "ES256K": (2**256 - 2**32 - 977, 0,
               0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141,
               0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798,
               0x483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8, 32, "sha256"),
    "ES384": (2**384 - 2**128 - 2**96 + 2**32 - 1, -3,
              0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973,
              0xAA87CA22BE8B05378EB1C71EF320AD746E1D3B628BA79B9859F741E082542A385502F25DBF55296C3A545E3872760AB7,
              0x3617DE4A96262C6F5D9E98BF9292DC29F8F41DBD289A147CE9DA3113B5F0B8C00A60B1CE1D7E819D7A431D7C90EA0E5F, 48, "sha384"),
}


def add(a, b, p, coefficient):
    if a is None or b is None:
        return a or b
    if a[0] == b[0] and (a[1] + b[1]) % p == 0:
        return None
    if a == b:
        slope = (3 * a[0] * a[0] + coefficient) * pow(2 * a[1], -1, p)
    else:
        slope = (b[1] - a[1]) * pow(b[0] - a[0], -1, p)
    x = (slope * slope - a[0] - b[0]) % p
    return x, (slope * (a[0] - x) - a[1]) % p


def multiply(factor, point, p, coefficient):
    total = None
    for bit in bin(factor)[2:]:
        total = add(total, total, p, coefficient)
        if bit == "1":
            total = add(total, point, p, coefficient)
    return total


ecdsa = []
for alg, (p, a, order, gx, gy, width, hash_name) in curves.items():
    private = int.from_bytes(filler(width), "big") % order
    x, y = multiply(private, (gx, gy), p, a)
    for text in (b"", b"sample", b"Twinkeep"):
        digest = hashlib.new(hash_name, text).digest()
        nonce = int.from_bytes(hashlib.new(hash_name, b"nonce" + text).digest(), "big") % order
        r = multiply(nonce, (gx, gy), p, a)[0] % order
        s = pow(nonce, -1, order) * (int.from_bytes(digest, "big") + r * private) % order
        signature = r.to_bytes(width, "big") + s.to_bytes(width, "big")
        ecdsa.append({"alg": alg, "x": x.to_bytes(width, "big").hex(), "y": y.to_bytes(width, "big").hex(),
                      "digest": digest.hex(), "signature": signature.hex()})

print(json.dumps({"pkcs8": group["privateKeyPkcs8"], "decrypt": decrypt, "rsnull": rsnull, "ecdsa": ecdsa}, indent=1))
