"""What runs: training, evaluation, export, reading, and the doctor, a room each."""
