// RSA keys of 1,024 bits (PKCS #8 in base64) for zones of the simulator: RSA keys take too long to
// make and cannot be named by a seed. They are published here and protect nothing.
#pragma once
#include <array>
#include <string_view>

namespace wend::dnssec {

inline constexpr std::array<std::string_view, 2> published_rsa_keys = {
    "MIICeQIBADANBgkqhkiG9w0BAQEFAASCAmMwggJfAgEAAoGBAOEq1Qg6xC4/fYyx1CQtWmXzUc/indgbokIJ/y8g"
    "TqQA/dN4FYmMipTETPketGaviD7HBUqus97MC7XaUblW7Z1FTHY7Xo3d2AGEaNVyij0X8BIKPwUubcB5xyqUY+It"
    "yCEoeKJVoNb01P7dRFBSYXNv9/c0NSoFK4R2fXsYFOEPAgMBAAECgYEAySpSL0sJcGQqz+MkK7oVNFZhdj/5U1TE"
    "7wktYjYT7DQykZaMb1oPiX+jYUIMXF1gdO2sDZ/tdRSJNcw6DULbf2QmRjbDYmWxYiNdVjm+5xFmiMmHpPAAfiWM"
    "YwMFUsfntIFbHt2uPWdydLvVT4psZoIy+sZvAwQfnlAKKcCI+1ECQQD76wsjM+3vdbZLY+KCDqscj4tN7mZ5GR2A"
    "ltT2et98urfPmq8x/EhZR9QDwOgeUoWTq+n4kwsBQuxRhW7h/lQXAkEA5NDTgzE+XknYTI+tmFQle6pJE+glr5Dr"
    "rxBIiaJzr+01QprnlHEzPfAKchMDHjFjHzDCmv9cp52/hKChNLvdyQJBAIjftDV0SZsJwfpEUxWHEsF53J6DIXo6"
    "gyUSzrL9H+CNMsHBsd7ezBB2TmObtIKFI76QcZd1jU0qJ2xDq3Nu1BECQQDhW/dmGAMIVIyvYzcjd4TvVpjg/VzY"
    "nNAzvMLko9ZzKBqzveNl5VQFpbxz+9uvSg8JMjoI9IcqIwj0tEvxpzJZAkEArt7PDK6sh++Y6EiCJxtI5hlRwg9q"
    "C730zbldWAl6EXpRFLLVjrDLpVLsyzPQSkFfhU8PHx6LfQJEIbfgIukKNg==",
    "MIICdwIBADANBgkqhkiG9w0BAQEFAASCAmEwggJdAgEAAoGBALiFOsSkACQ83lCngJSFYFw5EAjz4sYVToHFqV+W"
    "DQ5yBUKZ34VsfffjtC2VfyXkueX3Yp26JORuvc5iExxs9ECSY+tWj4bpzM0pYMrpcnsMECsICpevCbdVJe/tb5Zo"
    "C6QlSXJaNWCxXLMkeb0Ln5uHSfyO29t0jPldPS7f1JM/AgMBAAECgYAKRWBAEeDwI3M8ihZeLg5vE74QwYKeBBGa"
    "p6YF7BRN+YrRaj9G7gMVCVe+MdQiB9lRM7QJk5L6JC/sjQkDTA1McqRpM8EEy/Z1RxsXqrePX4F6ALDpoLWd3anE"
    "+AJ6f56k+V6Xb1bMPSUhKYJIHCrefOXv2G+Iq9ryW9simFJWAQJBAOAvRyQS6rwr6XY22ITUnEO2nf9Q97LHS5K3"
    "uDLEuYK1sRmXc4VPVAtHxTccHIzjEnfl9BXbyCJZSMz0dOWcYp0CQQDStO7aMMgt9iK/fR7lyzJ/TsdElzdzVHxf"
    "FnQ8Y/M0adZpwsf1lYSDLb/81+Y3ymJW8JzMIa6Xj+Kcz5JvxKiLAkEAkTXObM1cAnqnBA1OfeuBNFMLUB9P8hsp"
    "FmWuCCRozQOHLT5uc0EI/S2FzsaEr7U9dzAZxDbSEX2nrCoDtd5v+QJBALjqVvAffZ5wc2BQA0yx/jghv9lfSCer"
    "zpZ4kzvoj6jA9Y3NhkTtmeSxwtq38u+lapZYBZNUP+/9M2hg9memVC8CQHZ3304NPWBSW+CKuGUFm3+J/Ypv12s7"
    "iTPLt8ddUIk2XbePZj4Rx5cxJsyVLWH39A4E0MVGwAex8u67zoylmjo=",
};

}  // namespace wend::dnssec
