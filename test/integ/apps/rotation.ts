/** A REGIONAL key which is rotated, and a stack that reads it by reference. */
import { IntegApp } from './integ-app';

new IntegApp().rotation('Rotation', 'rotation.integ.example.com');
