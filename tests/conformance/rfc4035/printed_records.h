// RFC 4035 appendix A: the records of its zone that appendix B's answers are made of, as printed.
#pragma once
#include <string>

namespace rfc4035 {

inline constexpr long long valid_at = 1'083'369'600;  // 1 May 2004, between the printed dates

inline const std::string keys =
    "example. DNSKEY 256 3 5 AQOy1bZVvpPqhg4j7EJoM9rI3ZmyEx2OzDBVrZy/lvI5CQePxXHZS4i8"
    "dANH4DX3tbHol61ek8EFMcsGXxKciJFHyhl94C+NwILQdzsUlSFovBZsyl/NX6yEbtw/xN9ZNcrbYvgj"
    "jZ/UVPZIySFNsgEYvh0z2542lzMKR4Dh8uZffQ==\n"
    "example. DNSKEY 257 3 5 AQOeX7+baTmvpVHb2CcLnL1dMRWbuscRvHXlLnXwDzvqp4tZVKp1sZMe"
    "pFb8MvxhhW3y/0QZsyCjczGJ1qk8vJe52iOhInKROVLRwxGpMfzPRLMlGybr51bOV/1se0ODacj3Domy"
    "B4QB5gKTYot/K9alk5/j8vfd4jWCWD+E1Sze0Q==\n"
    "example. RRSIG DNSKEY 5 1 3600 20040509183619 20040409183619 9465 example. Zxgau"
    "AuIj+k1YoVEOSlZfx41fcmKzTFHoweZxYnz99JVQZJ33wFS0Q0jcP7VXKkaElXk9nYJXevO/7nAbo88i"
    "WsMkSpSR6jWzYYKwfrBI/L9hjYmyVO9m6FjQ7uwM4dCP/bIuV/DKqOAK9NYNC3AHfvCV1Tp4VKDqxqG7"
    "R5tTVM=\n"
    "example. RRSIG DNSKEY 5 1 3600 20040509183619 20040409183619 38519 example. eGL0"
    "s90glUqcOmloo/2y+bSzyEfKVOQViD9ZDNhLz/Yn9CQZlDVRJffACQDAUhXpU/oP34ribKBpysRXoscz"
    "FrKqS5Oa0bzMOfXCXup9qHApeFIku28Vqfr8Nt7cigZLxjK+u0Ws/4lIRjKk7z5OXogYVaFzHKillDt3"
    "HRxHIZM=\n";
inline const std::string soa =
    "example. SOA ns1.example. bugs.x.w.example. 1081539377 3600 300 3600000 3600\n"
    "example. RRSIG SOA 5 1 3600 20040509183619 20040409183619 38519 example. ONx0k36"
    "rcjaxYtcNgq6iQnpNV5+drqYAsC9h7TSJaHCqbhE67Sr6aH2xDUGcqQWu/n0UVzrFvkgO9ebarZ0GWDK"
    "cuwlM6eNB5SiX2K74l5LWDA7S/Un/IbtDq4Ay8NMNLQI7Dw7n4p8/rjkBjV7j86HyQgM5e7+miRAz8V0"
    "1b0I=\n";
inline const std::string apex_ns =
    "example. NS ns1.example.\n"
    "example. NS ns2.example.\n"
    "example. RRSIG NS 5 1 3600 20040509183619 20040409183619 38519 example. gl13F00f"
    "2U0R+SWiXXLHwsMY+qStYy5k6zfdEuivWc+wd1fmbNCyql0Tk7lHTX6UOxc8AgNf4ISFve8XqF4q+o9q"
    "lnqIzmppU3LiNeKT4FZ8RO5urFOvoMRTbQxW3U0hXWuggE4g3ZpsHv480HjMeRaZB/FRPGfJPajngcq6"
    "Kwg=\n";
inline const std::string x_w_mx =
    "x.w.example. MX 1 xx.example.\n"
    "x.w.example. RRSIG MX 5 3 3600 20040509183619 20040409183619 38519 example. Il2W"
    "TZ+Bkv+OytBx4LItNW5mjB4RCwhOO8y1XzPHZmZUTVYL7LaA63f6T9ysVBzJRI3KRjAPH3U1qaYnDoN1"
    "DrWqmi9RJe4FoObkbcdm7P3Ikx70ePCoFgRz1Yq+bVVXCvGuAU4xALv3W/Y1jNSlwZ2mSWKHfxFQxPtL"
    "j8s32+k=\n";
inline const std::string expanded_mx =
    "a.z.w.example. MX 1 ai.example.\n"
    "a.z.w.example. RRSIG MX 5 2 3600 20040509183619 20040409183619 38519 example. OM"
    "K8rAZlepfzLWW75Dxd63jy2wswESzxDKG2f9AMN1CytCd10cYISAxfAdvXSZ7xujKAtPbctvOQ2ofO7A"
    "ZJ+d01EeeQTVBPq4/6KCWhqe2XTjnkVLNvvhnc0u28aoSsG0+4InvkkOHknKxw4kX18MMR34i8lC36SR"
    "5xBni8vHI=\n";
inline const std::string xx_a =
    "xx.example. A 192.0.2.10\n"
    "xx.example. RRSIG A 5 2 3600 20040509183619 20040409183619 38519 example. kBF4Yx"
    "MGWF0D8r0cztL+2fWWOvN1U/GYSpYP7SoKoNQ4fZKyk+weWGlKLIUM+uE1zjVTPXoa0Z6WG0oZp46rkl"
    "1EzMcdMgoaeUzzAJ2BMq+YVdxG9IK1yZkYGY9AgbTOGPoAgbJyO9EPULsxkbIDV6GPPSZVusnZU6OMgd"
    "gzHV4=\n";
inline const std::string xx_aaaa =
    "xx.example. AAAA 2001:db8::f00:baaa\n"
    "xx.example. RRSIG AAAA 5 2 3600 20040509183619 20040409183619 38519 example. Zzj"
    "0yodDxcBLnnOIwDsuKo5WqiaK24DlKg9CaGaxDFiKgKobUj2jilYQHpGFn2poFRetZd4zulyQkssz2QH"
    "rVrPuTMS22knudCiwP4LWpVTrU4zfeA+rDz9stmSBP/4PekH/x2IoAYnwctd/xS9cL2QgW7FChw16mzl"
    "kH6/vsfs=\n";
inline const std::string ns1_a =
    "ns1.example. A 192.0.2.1\n"
    "ns1.example. RRSIG A 5 2 3600 20040509183619 20040409183619 38519 example. F1C9H"
    "VhIcs10cZU09G5yIVfKJy5yRQQ3qVet5pGhp82pzhAOMZ3K22JnmK4c+IjUeFp/to06im5FVpHtbFisd"
    "jyPq84bhTv8vrXt5AB1wNB++iAqvIfdgW4sFNC6oADb1hK8QNauw9VePJhKv/iVXSYC0b7mPSU+EOlkn"
    "FpVECs=\n";
inline const std::string ns2_a =
    "ns2.example. A 192.0.2.2\n"
    "ns2.example. RRSIG A 5 2 3600 20040509183619 20040409183619 38519 example. V7cQR"
    "w1TR+knlaL1z/psxlS1PcD37JJDaCMqQo6/u1qFQu6x+wuDHRH22Ap9ulJPQjFwMKOuyfPGQPC8KzGdE"
    "3vt5snFEAoE1Vn3mQqtu7SO6amIjk13Kj/jyJ4nGmdRIc/3cM3ipXFhNTKqrdhx8SZ0yy4ObIRzIzvBF"
    "LiSS8o=\n";
inline const std::string a_ds =
    "a.example. DS 57855 5 1 B6DCD485719ADCA18E5F3D48A2331627FDD3636B\n"
    "a.example. RRSIG DS 5 2 3600 20040509183619 20040409183619 38519 example. oXIKit"
    "/QtdG64J/CB+Gi8dOvnwRvqrto1AdQoRkAN15FP3iZ7suB7gvTBmXzCjL7XUgQVcoHkdhyCuzp8W9qJH"
    "gRUSwKKkczSyuL64nhgjuDEML8l9wlWVsl7PR2VnZduM9bLyBhaaPmRKX/Fm+v6ccF2EGNLRiY08kdkz"
    "+XHHo=\n";
inline const std::string apex_nsec =
    "example. NSEC a.example. NS SOA MX RRSIG NSEC DNSKEY\n"
    "example. RRSIG NSEC 5 1 3600 20040509183619 20040409183619 38519 example. O0k558"
    "jHhyrC97ISHnislm4kLMW48C7U7cBmFTfhke5iVqNRVTB1STLMpgpbDIC9hcryoO0VZ9ME5xPzUEhbvG"
    "nHd5sfzgFVeGxr5Nyyq4tWSDBgIBiLQUv1ivy29vhXy7WgR62dPrZ0PWvmjfFJ5arXf4nPxp/kEowGgB"
    "RzY/U=\n";
inline const std::string b_nsec =
    "b.example. NSEC ns1.example. NS RRSIG NSEC\n"
    "b.example. RRSIG NSEC 5 2 3600 20040509183619 20040409183619 38519 example. GNux"
    "Hn844wfmUhPzGWKJCPY5ttEX/RfjDoOx9ueK1PtYkOWKOOdiJ/PJKCYB3hYX+858dDWSxb2qnV/LSTCN"
    "VBnkm6owOpysY97MVj5VQEWs0lm9tFoqjcptQkmQKYPrwUnCSNwvvclSF1xZvhRXgWT7OuFXldoCG6Tf"
    "VFMs9xE=\n";
inline const std::string ns1_nsec =
    "ns1.example. NSEC ns2.example. A RRSIG NSEC\n"
    "ns1.example. RRSIG NSEC 5 2 3600 20040509183619 20040409183619 38519 example. I4"
    "hj+Kt6+8rCcHcUdolks2S+Wzri9h3fHas81rGN/eILdJHN7JpV6lLGPIh/8fIBkfvdyWnBjjf1q3O7Jg"
    "YO1UdI7FvBNWqaaEPJK3UkddBqZIaLi8Qr2XHkjq38BeQsbp8X0+6h4ETWSGT8IZaIGBLryQWGLw6Y6X"
    "8dqhlnxJM=\n";
inline const std::string wildcard_nsec =
    "*.w.example. NSEC x.w.example. MX RRSIG NSEC\n"
    "*.w.example. RRSIG NSEC 5 2 3600 20040509183619 20040409183619 38519 example. r/"
    "mZnRC3I/VIcrelgIcteSxDhtsdlTDt8ng9HSBlABOlzLxQtfgTnn8f+aOwJIAFe1Ee5RvU5cVhQJNP5X"
    "pXMJHfyps8tVvfxSAXfahpYqtx91gsmcV/1V9/bZAG55CefP9cM4Z9Y9NT9XQ8s1InQ2UoIv6tJEaaKk"
    "P701j8OLA=\n";
inline const std::string x_y_w_nsec =
    "x.y.w.example. NSEC xx.example. MX RRSIG NSEC\n"
    "x.y.w.example. RRSIG NSEC 5 4 3600 20040509183619 20040409183619 38519 example. "
    "OvE6WUzN2ziieJcvKPWbCAyXyP6ef8cr6CspArVSTzKSquNwbezZmkU7E34o5lmb6CWSSSpgxw098kNU"
    "FnHcQf/LzY2zqRomubrNQhJTiDTXa0ArunJQCzPjOYq5t0SLjm6qp6McJI1AP5VrQoKqJDCLnoAlcPOP"
    "KAm/jJkn3jk=\n";

}  // namespace rfc4035
